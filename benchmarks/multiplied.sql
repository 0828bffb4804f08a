-- name: plan copies
-- The copies of each filled ticket: behind it by positions and time, which its id tells.
create temporary table copies on commit drop as
with filled as (
    select stream, replace(stream::text, '-', '') as hex from :"schema".events where topic = 'ticket.received'
)
select stream as original, number, :positions::bigint * number as behind, :later::interval * number as later,
    (lpad(to_hex(('x' || left(hex, 12))::bit(48)::bigint + number * :milliseconds::bigint), 12, '0')
        || substr(hex, 13))::uuid as ticket
from filled, generate_series(1, :copies) number;

-- name: written instant
-- An instant of whole seconds as an event has it.
create function pg_temp.written(at timestamptz) returns text immutable language sql
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- name: first filled position
-- That of the first ticket.
select min(position) from :"schema".events where topic = 'ticket.received';

-- name: columns
-- Those that the server does not compute itself, with their types.
select attname, format_type(atttypid, null) from pg_attribute
where attrelid = (:schema || '.' || :table)::regclass and attnum > 0 and attgenerated = '' order by attnum;

-- name: move checkpoints
-- The projections hold everything up to there.
update :"schema".projection_positions set position = :head;
