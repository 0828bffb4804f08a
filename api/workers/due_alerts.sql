-- What the SLA watch asks about the rows of sla_clocks, beside the log.

-- name: version
-- The version of a ticket's stream; null without events.
select max(version) from :"schema".events where stream = :ticket;

-- name: progress
-- The checkpoint of the rows, and when the next alert is due.
select position, (select min(watch_at) from :"schema".sla_clocks where watch_at >= :now)
from :"schema".projection_positions
where name = 'sla_clocks';

-- name: due tickets
-- The next tickets with an alert that is due before an instant, the oldest first.
select watch_at, ticket
from :"schema".sla_clocks
where watch_at < :now and (watch_at, ticket) > (:watch_at, :ticket)
order by watch_at, ticket
limit :limit;
