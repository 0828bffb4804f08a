-- The work of an agent or a team. Each table of work has a statement, which an index gives in the order of the list.
-- Their columns are those of the first one.

-- name: sla_tickets
-- Tickets with something due.
select 'ticket' as kind, w.ticket as id, 0 as number, null as title, null as title_vi, null as step,
    w.due_for, w.due_at, w.late_after, null::timestamptz as since, null as said_by, w.ticket,
    null::uuid as customer, null as team, null as agent
from :"schema".sla_tickets w
where w.late_after is not null and :held and (w.late_after, w.ticket, 0) > :after
order by w.late_after, w.ticket limit :limit

-- name: ticket_actions
-- Promised calls, and proposed replies that wait for a review.
select w.kind, w.ticket, w.version, null, null, null, null, w.due_at, w.late_after, w.at, w.said_by,
    w.ticket, null::uuid, w.team, w.agent
from :"schema".ticket_actions w
where :held and (w.late_after, w.ticket, w.version) > :after and :not_own
order by w.late_after, w.ticket, w.version limit :limit

-- name: tasks
-- Open tasks.
select 'task', w.task, 0, w.title, null, null, null, w.due_at, w.late_after, w.opened_at, w.opened_by,
    case when w.about_kind = 'ticket' then w.about end, w.customer, w.team, w.agent
from :"schema".tasks w
where w.state = 'open' and :held and (w.late_after, w.task, 0) > :after
order by w.late_after, w.task limit :limit

-- name: procedure_steps
-- Steps of procedures that people do.
select 'step', w.procedure_stream, w.version, w.title_en, w.title_vi, w.step, null, w.due_at, w.late_after,
    w.opened_at, w.procedure, case when w.subject_kind = 'ticket' then w.subject end, w.customer, w.team,
    w.agent
from :"schema".procedure_steps w
where w.ended_at is null and w.kind <> 'wait' and :held
    and (w.late_after, w.procedure_stream, w.version) > :after
order by w.late_after, w.procedure_stream, w.version limit :limit

-- name: page
-- The first of all sources, with what they are about.
with work as (
    select * from (:sources) source order by late_after, id, number limit :limit
)
select :columns from (
    select w.kind, w.id, w.number, coalesce(w.title, t.subject) as title, w.title_vi, w.step, w.due_for,
        w.due_at, w.late_after, w.late_after < :now as late, coalesce(w.since, t.received_at) as since, w.said_by,
        w.ticket, t.external_reference, t.priority, t.state, t.waiting_for,
        coalesce(w.customer, t.customer) as customer,
        case w.kind when 'ticket' then t.team else w.team end as team,
        case w.kind when 'ticket' then t.agent else w.agent end as agent
    from work w left join :"schema".tickets t on t.ticket = w.ticket
) item order by late_after, id, number;
