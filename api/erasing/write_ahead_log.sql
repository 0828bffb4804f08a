-- Removing what the write-ahead log holds from before. A superuser may do it.

-- name: last file
-- The name of the last file; those behind the present one are recycled, and hold what they held.
select max(name) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$';

-- name: is written
-- Whether a file is still being written, or will be.
select pg_walfile_name(pg_current_wal_insert_lsn()) <= :file;

-- name: next file
-- Begins the next file; the rest of the present one is filled with zeros. An empty file would not be left.
select pg_switch_wal() from pg_logical_emit_message(false, 'ticketledger', '');

-- name: old or recycled
-- How many files up to one are still there, and behind the present one.
select count(*)::int
from pg_ls_waldir()
where name ~ '^[0-9A-F]{24}$' and (name <= :file or name > pg_walfile_name(pg_current_wal_insert_lsn()));

-- name: do not recycle
-- Files that are no longer needed are removed instead of written anew.
alter system set wal_recycle = off;

-- name: recycle
-- As the settings of the server say again.
alter system reset wal_recycle;

-- name: reload
-- Lets the server read its settings anew.
select pg_reload_conf();
