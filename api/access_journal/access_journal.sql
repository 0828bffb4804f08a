-- The access journal of a tenant: its tables, the functions that write it, the rights of the roles, and the statements.

-- name: access journal
-- The head, which is one row, and the entries. An entry is JSON text and stays as it was written, because the tree
-- hashes its bytes. `trimmed` is the position up to which old entries were removed.
create table :"schema".access_head (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    recorded_at timestamptz not null,
    trimmed bigint not null default 0
) with (fillfactor = 10);
insert into :"schema".access_head values (true, 0, '-infinity');

create table :"schema".access_journal (
    position bigint primary key,
    at timestamptz not null,
    entry text not null
);
create index on :"schema".access_journal using brin (at);
create index on :"schema".access_journal using gin ((entry::jsonb) jsonb_path_ops);

-- name: positions of entries begin with 1
-- Rows of an older journal are not read for it; `doctor` names those that lie outside.
alter table :"schema".access_journal add constraint access_journal_position_check check (position > 0) not valid;

-- name: function add_access
-- Adds entries whole, or none of them, and returns the position of the last one. The lock on the head's row lets one
-- writer in at a time. So positions have no holes, and times do not fall. The owner alone calls it.
create or replace function :"schema".add_access(entries text[]) returns bigint
language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    last bigint;
    time timestamptz;
begin
    update :"schema".access_head h
    set position = h.position + cardinality(entries), recorded_at = greatest(clock_timestamp(), h.recorded_at)
    returning h.position, h.recorded_at into strict last, time;
    insert into :"schema".access_journal (position, at, entry)
    select last - cardinality(entries) + n, time, entries[n] from generate_series(1, cardinality(entries)) n;
    return last;
end
$$;
revoke all on function :"schema".add_access from public;

-- name: function append_access
-- Adds entries of whoever reads. What lacks a field of an entry is refused, and so is the record of a removal: proofs
-- take the journal to begin where the newest one says.
create or replace function :"schema".append_access(entries text[]) returns bigint
language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from unnest(entries) e
        where (e::jsonb @@ '$.type() == "object" && $.action.type() == "string" && $.what.type() == "string"
            && $.outcome.type() == "string" && $.origin.type() == "string" && $.at.type() == "string"
            && $.times.type() == "number" && !exists($.removed_to) && !exists($.removed_before)') is not true
    ) then
        raise exception 'this is no entry' using errcode = 'data_exception';
    end if;
    return :"schema".add_access(entries);
end
$$;
revoke all on function :"schema".append_access from public;

-- name: function trim_access
-- Removes entries that are older than `before`, up to the position `covered`, and returns how many. The owner alone
-- calls it.
create or replace function :"schema".trim_access(before timestamptz, covered bigint) returns bigint
language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    reached bigint;
    removed bigint;
begin
    perform from :"schema".access_head for update;
    select max(j.position) into reached
    from :"schema".access_journal j where j.at < before and j.position <= covered;
    delete from :"schema".access_journal j where j.position <= reached;
    get diagnostics removed = row_count;
    update :"schema".access_head h set trimmed = reached where h.trimmed < reached;
    return removed;
end
$$;
revoke all on function :"schema".trim_access from public;

-- name: grants
-- Whoever reads adds entries, because each reading is recorded. The reader, the auditor and the sealer select.
revoke all on function :"schema".append_access, :"schema".add_access, :"schema".trim_access from public;
grant execute on function :"schema".append_access to ticketledger_desk, ticketledger_reader;
grant select on :"schema".access_head, :"schema".access_journal to ticketledger_reader;
do $$
begin
    if to_regrole('ticketledger_auditor') is not null then
        grant execute on function :"schema".append_access to ticketledger_auditor;
        grant select on :"schema".access_head, :"schema".access_journal to ticketledger_auditor;
    end if;
    if to_regrole('ticketledger_sealer') is not null then
        grant select on :"schema".access_head, :"schema".access_journal to ticketledger_sealer;
    end if;
end
$$;

-- name: append
-- Adds entries, in their order. They come joined by the record separator, so that the driver need not quote each.
select :"schema".append_access(string_to_array(:entries, U&'\001E'));

-- name: record removal
-- Adds the entry of a removal.
select :"schema".add_access(array[:entry]);

-- name: tickets of
-- The ids of the tickets of some customers.
select ticket from :"schema".tickets where customer = any(:customers);

-- name: page
-- Entries before a position that fulfil a condition, the newest first. Without a condition it is null.
select j.position, j.at, j.entry
from :"schema".access_journal j
where j.position < :before and j.at >= :since and j.at < :until
    and (:condition::jsonpath is null or j.entry::jsonb @@ :condition::jsonpath)
order by j.position desc
limit :most;

-- name: kept
-- The position of the newest entry, and the one up to which old entries were removed.
select position, trimmed from :"schema".access_head;

-- name: old
-- How many entries are older than an instant, and the position of the newest of them.
select count(*), coalesce(max(position), 0) from :"schema".access_journal where at < :before;

-- name: trim
-- Removes old entries, up to a position.
select :"schema".trim_access(:before, :covered);

-- name: covered
-- How many entries the tree covers.
select coalesce((select size from :"schema".tree_sizes where log = 'access'), 0);
