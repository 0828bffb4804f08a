-- Who is in the way of a change of tables.

-- name: holders
-- The oldest transactions of other sessions that hold tables of this database: their process, their application or
-- their user, and their age in seconds, which other users may not see.
select a.pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type),
    extract(epoch from clock_timestamp() - a.xact_start)::int
from pg_stat_activity a
where a.pid <> pg_backend_pid() and exists (
    select from pg_locks l
    join pg_class c on c.oid = l.relation
    join pg_namespace n on n.oid = c.relnamespace
    where l.pid = a.pid and l.granted and not starts_with(n.nspname, 'pg_')
        and l.database = (select oid from pg_database where datname = current_database())
)
order by a.xact_start nulls last
limit 3;
