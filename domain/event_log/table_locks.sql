-- Locks for a change of tables, and who is in the way.

-- name: hold
-- Executes statements that lock tables or views until the transaction ends, all of them or none; ticketledger.held says
-- which. A reader that holds a later table and waits for an earlier one finds the deadlock after `deadlock_timeout`, and
-- is the one that fails: so all the waits together end before. What is caught here is no ERROR in the server's log.
do $$
declare
    ends timestamptz := clock_timestamp() + 0.9 * least(current_setting('deadlock_timeout')::interval, interval '1 s');
    statement text;
begin
    foreach statement in array string_to_array(:'statements', chr(30)) loop
        perform set_config('lock_timeout',
            greatest(1, extract(epoch from ends - clock_timestamp()) * 1000)::int || 'ms', true);
        execute statement;
    end loop;
    perform set_config('ticketledger.held', 'yes', true);
exception when lock_not_available then
    perform set_config('ticketledger.held', 'no', true);
end
$$;

-- name: are held
-- Whether they were executed.
select current_setting('ticketledger.held') = 'yes';

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
