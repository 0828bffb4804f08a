-- What the due watch asks about the rows of sla_clocks, beside the log.

-- name: next alert
-- When the next alert is due that is not due yet.
select min(watch_at) from :"schema".sla_clocks where watch_at >= :now;

-- name: due tickets
-- The next tickets with an alert that is due before an instant, the oldest first.
select watch_at, ticket
from :"schema".sla_clocks
where watch_at < :now and (watch_at, ticket) > (:due_at, :stream)
order by watch_at, ticket
limit :limit;
