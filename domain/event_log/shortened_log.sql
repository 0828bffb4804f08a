-- What a shortened log leaves behind once its later events are given up for good.

-- name: forget
-- Forgets what lies beyond the end of a log whose head is at its newest event: the answers of commands, snapshots, and
-- how far workers have read. Gives the number of answers. A log that was not shortened has nothing beyond its end.
with ends as (
    select h.position from :"schema".log_head h
    where h.position = (select coalesce(max(e.position), 0) from :"schema".events e)
),
answers as (
    delete from :"schema".commands c using ends where c.position > ends.position returning 1
),
states as (
    delete from :"schema".snapshots s using ends
    where not exists (select from :"schema".events e where e.stream = s.stream and e.version = s.version)
),
workers as (
    update :"schema".worker_positions w set position = ends.position from ends where w.position > ends.position
)
select count(*) from answers;
