-- What the due watch asks about the rows of timers, beside the log.

-- name: due streams
-- The next instances that are due at an instant, the oldest first.
select due_at, stream
from :"schema".timers
where due_at <= :now and (due_at, stream) > (:due_at, :stream)
order by due_at, stream
limit :limit;

-- name: next due
-- When the next instance is due that is not due yet.
select min(due_at) from :"schema".timers where due_at > :now;
