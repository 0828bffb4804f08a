-- What `doctor` asks a tenant's log. Most statements read a whole table or index.

-- name: rights
-- The login and the role that this connection works under, whether each is a superuser, and whether the role owns
-- the tenant's schema.
select session_user::text, current_user::text, s.rolsuper, c.rolsuper, pg_has_role(current_user, n.nspowner, 'usage')
from pg_roles s, pg_roles c, pg_namespace n
where s.rolname = session_user and c.rolname = current_user and n.nspname = :'schema';

-- name: logged words
-- Whether the log of the server gets parameters of statements, also of those that fail, or plans that hold them.
select current_setting('log_parameter_max_length_on_error') <> '0'
    or current_setting('log_parameter_max_length') <> '0'
        and (current_setting('log_statement') in ('mod', 'all') or current_setting('log_min_duration_statement') <> '-1'
             or current_setting('log_min_duration_sample') <> '-1'
             or current_setting('log_transaction_sample_rate')::float > 0)
    or coalesce(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1';

-- name: positions
-- How many events there are, and the first and the last position. There are as many as the last position says.
select count(*), coalesce(min(position), 1), coalesce(max(position), 0) from :"schema".events;

-- name: encrypted before
-- The position of an encrypted event among the first and the last of those up to one; null without one. It reads `limit`
-- texts at both ends, since a log that is not encrypted may be long.
select min(position)
from (
    (select position from :"schema".events
     where position <= least(:limit, :last) and starts_with(state, '{"sealed":"') order by position limit 1)
    union all
    (select position from :"schema".events
     where position > :last - :limit and position <= :last and starts_with(state, '{"sealed":"')
     order by position limit 1)
) ends;

-- name: access journal
-- The position of the journal's head, the one up to which old entries were removed, and the entries with their ends.
select h.position, h.trimmed, count(j.position), coalesce(min(j.position), h.position + 1),
    coalesce(max(j.position), h.position)
from :"schema".access_head h left join :"schema".access_journal j on true
group by h.position, h.trimmed;

-- name: answered
-- The furthest position that a recorded answer names.
select coalesce(max(position), 0) from :"schema".commands;

-- name: false answers
-- How many recorded answers the events contradict: the version of the stream at the position, or the number of events
-- of the command, which end there.
select count(*)
from :"schema".commands c
where c.version <> coalesce(
        (select e.version from :"schema".events e
         where e.stream = c.stream and e.position <= c.position order by e.version desc limit 1), 0)
    or c.events <>
        (select count(*) from :"schema".events e
         where e.position > c.position - c.events and e.position <= c.position
             and strpos(e.state, '"command_id":' || to_json(c.command_id)::text) > 0);

-- name: snapshots ahead
-- How many snapshots are of a version that their stream does not have.
select count(*)
from :"schema".snapshots s
where not exists (select from :"schema".events e where e.stream = s.stream and e.version = s.version);

-- name: broken streams
-- How many streams have versions that are not 1 to n.
select count(*)
from (
    select 1 from :"schema".events group by stream having min(version) <> 1 or max(version) <> count(*)
) broken;

-- name: falling times
-- How many events were recorded before the event at the position before them.
select count(*)
from (select recorded_at < lag(recorded_at) over (order by position) as falls from :"schema".events) times
where falls;

-- name: head ahead of the clock
-- How many seconds the time of a head, of the events or of the access journal, is ahead of the database's clock.
select coalesce(max(extract(epoch from h.recorded_at - clock_timestamp())), 0)::bigint
from (
    select recorded_at from :"schema".log_head union all select recorded_at from :"schema".access_head
) h
where isfinite(h.recorded_at);
