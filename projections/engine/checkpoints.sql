-- How far projections have read. :definitions are joined by U+001E: the driver converts each element of a list by
-- itself.

-- name: behind
-- The projections that are before :until and before the head of the log, the slowest first. One that was tried later
-- than now was tried before the clock was put back.
select p.position, p.name, p.stopped_at
from :"schema".projection_positions p, :log_head h
where p.definition = any(string_to_array(:definitions, U&'\001E'))
    and p.position < least(:until, h.position)
    and (
        p.stopped_at is null
        or p.tried_at not between clock_timestamp() - make_interval(secs => :retry) and clock_timestamp()
    )
order by p.position, p.stopped_at is null;

-- name: lock
-- The positions of some projections that nobody else holds, which are held from then on.
select position, name
from :"schema".projection_positions
where definition = any(string_to_array(:definitions, U&'\001E'))
order by position for update skip locked;

-- name: move
-- Moves some projections to :position, and says so.
with moved as (
    update :"schema".projection_positions
    set position = :position, projected_at = clock_timestamp(), stopped_at = null, error = null, tried_at = null
    where definition = any(string_to_array(:definitions, U&'\001E'))
)
select pg_notify(:channel, '');

-- name: stop
-- Stops a projection before its next event, with the reason.
update :"schema".projection_positions
set stopped_at = position + 1, error = :error, tried_at = clock_timestamp()
where definition = any(string_to_array(:definitions, U&'\001E'))
returning stopped_at;

-- name: switch
-- Puts the positions of the rebuilt projections in the place of the live ones.
insert into :"schema".projection_positions (name, position, stopped_at, error, tried_at, definition, projected_at)
select name, position, stopped_at, error, tried_at, definition, projected_at
from :rebuilt
on conflict (name) do update
set position = excluded.position, stopped_at = excluded.stopped_at, error = excluded.error,
    tried_at = excluded.tried_at, definition = excluded.definition, projected_at = excluded.projected_at;
