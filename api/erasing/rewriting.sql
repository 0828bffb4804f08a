-- Which transactions PostgreSQL keeps dead rows for.

-- name: next transaction
-- The number of the next transaction: every row that is dead now was deleted by an earlier one.
select pg_snapshot_xmax(pg_current_snapshot())::text;

-- name: holding
-- What may see rows that were deleted before a transaction: snapshots of this database and of replicas, transactions
-- that write in any database, since later snapshots begin with the oldest of them, prepared ones, and replication slots.
select 'connection', pid::text, coalesce(usename, backend_type), nullif(application_name, ''),
    to_char(coalesce(xact_start, backend_start) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
from pg_stat_activity
where pid <> pg_backend_pid() and (
    age(backend_xid) > age(:next::text::xid8::xid)
    or age(backend_xmin) > age(:next::text::xid8::xid) and (datid is null or datname = current_database())
)
union all
select 'prepared transaction', gid, null, null, to_char(prepared at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
from pg_prepared_xacts
where age(transaction) > age(:next::text::xid8::xid)
union all
select 'replication slot', slot_name, null, null, null
from pg_replication_slots
where greatest(age(xmin), age(catalog_xmin)) > age(:next::text::xid8::xid);
