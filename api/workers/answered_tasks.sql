-- What the due watch asks about the rows of tasks, beside the log.

-- name: answered tasks
-- The open tasks of a source whose ticket an agent holds, or which is not open any more, the oldest first.
select task.opened_at, task.task
from :"schema".tasks task
join :"schema".tickets ticket on ticket.ticket = task.about
where task.state = 'open' and task.source = :source and (ticket.agent is not null or not ticket.open)
    and (task.opened_at, task.task) > (:due_at, :stream)
order by task.opened_at, task.task
limit :limit;
