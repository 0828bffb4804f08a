-- The trees of a tenant's logs. `log` is events or access; the leaf of position n has the index n - 1.

-- name: trees
-- Tiles of up to 256 hashes (C2SP tlog-tiles), how many leaves they cover, and the signed checkpoints.
create table :"schema".tree_tiles (
    log text not null,
    level integer not null,
    tile bigint not null,
    hashes bytea not null,
    primary key (log, level, tile)
);
alter table :"schema".tree_tiles alter column hashes set storage external; -- hashes do not get smaller
create table :"schema".tree_sizes (
    log text primary key,
    size bigint not null
) with (fillfactor = 10);
create table :"schema".checkpoints (
    log text not null,
    size bigint not null,
    root bytea not null,
    signed_at timestamptz not null,
    note text not null,
    primary key (log, size)
);

-- name: function seal
-- Lets a tree grow from `old_size` to `new_size` leaves with its tiles and its checkpoint; says whether it did.
-- False: another sealer was faster. It locks the size of the tree, so that two sealers take turns. A tile only grows:
-- its hashes stay. Each tile that the growth changes is given. The tree never covers more than the log holds.
create or replace function :"schema".seal(
    sealed_log text, old_size bigint, new_size bigint,
    levels integer[], tiles bigint[], contents bytea[],
    signed_root bytea, signed_note text
) returns boolean language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    size_now bigint;
    head bigint;
    needed bigint;
    grown integer;
begin
    if sealed_log = 'events' then
        select h.position into head from :"schema".log_head h;
    elsif sealed_log = 'access' then
        select h.position into head from :"schema".access_head h;
    end if;
    if head is null or new_size > head or new_size <= old_size then
        raise exception 'the log % has % rows: its tree cannot grow from % to %', sealed_log, head, old_size, new_size;
    end if;
    if octet_length(signed_root) <> 32
        or split_part(signed_note, e'\n', 1) not like '%_/' || sealed_log
        or split_part(signed_note, e'\n', 2) <> new_size::text
        or split_part(signed_note, e'\n', 3) <> encode(signed_root, 'base64') then
        raise exception 'the note is no checkpoint of % rows of the log %', new_size, sealed_log;
    end if;
    insert into :"schema".tree_sizes values (sealed_log, 0) on conflict do nothing;
    select s.size into size_now from :"schema".tree_sizes s where s.log = sealed_log for update;
    if size_now <> old_size then
        return false;
    end if;
    select sum(1 + (((new_size >> 8 * l) - 1) >> 8) - (old_size >> 8 * l >> 8)) into needed
    from generate_series(0, 7) l
    where new_size >> 8 * l > old_size >> 8 * l;
    insert into :"schema".tree_tiles as kept (log, level, tile, hashes)
    select sealed_log, t.level, t.tile, t.hashes
    from unnest(levels, tiles, contents) t(level, tile, hashes)
    where octet_length(t.hashes) = 32 * least((new_size >> 8 * t.level) - t.tile * 256, 256)
        and octet_length(t.hashes) > 0 and t.level between 0 and 7 and t.tile >= old_size >> 8 * t.level >> 8
    on conflict (log, level, tile) do update set hashes = excluded.hashes
    where substring(excluded.hashes for octet_length(kept.hashes)) = kept.hashes;
    get diagnostics grown = row_count;
    if grown <> cardinality(levels) or grown <> needed then
        raise exception 'a tile of the log % is missing, would lose hashes or has a wrong width', sealed_log;
    end if;
    update :"schema".tree_sizes s set size = new_size where s.log = sealed_log;
    insert into :"schema".checkpoints values (sealed_log, new_size, signed_root, clock_timestamp(), signed_note);
    return true;
end
$$;
revoke all on function :"schema".seal from public;

-- name: grants
-- The sealer calls the function. It reads the trees, as the readers and the auditor do, and writes no table. A server
-- may lack the sealer and the auditor until `migrate --roles` runs.
revoke all on function :"schema".seal from public;
grant select on :"schema".tree_tiles, :"schema".tree_sizes, :"schema".checkpoints to ticketledger_reader;
do $$
begin
    if to_regrole('ticketledger_auditor') is not null then
        grant select on :"schema".tree_tiles, :"schema".tree_sizes, :"schema".checkpoints to ticketledger_auditor;
    end if;
    if to_regrole('ticketledger_sealer') is not null then
        grant select on :"schema".tree_tiles, :"schema".tree_sizes, :"schema".checkpoints to ticketledger_sealer;
        grant execute on function :"schema".seal to ticketledger_sealer;
    end if;
end
$$;

-- name: seal
-- Lets a tree grow; says whether it did.
select :"schema".seal(
    :log, :old_size, :new_size, :levels::integer[], :tiles::bigint[], :contents::bytea[], :root, :note
);

-- name: size
-- How many leaves the tree of a log covers; no row before the first.
select size from :"schema".tree_sizes where log = :log;

-- name: head of events
-- How many leaves the tree of the events can cover, and how many rows were removed from its beginning.
select position, 0::bigint from :"schema".log_head;

-- name: head of access
-- The same of the access journal.
select position, trimmed from :"schema".access_head;

-- name: removed of access
-- Up to which position the retention removed entries, as its last entry among the first ones says.
select least((j.entry::jsonb -> 'removed_to')::numeric, 9223372036854775807)::bigint from :"schema".access_journal j
where j.position <= :size and j.entry::jsonb @@ '$.action == "trimmed" && $.removed_to > 0'
order by j.position desc limit 1;

-- name: rows of access
-- Entries of the access journal after a position, in order.
select position, at, entry from :"schema".access_journal where position > :after order by position limit :limit;

-- name: tiles
-- Some tiles of a tree.
select t.level, t.tile, t.hashes
from unnest(:levels::integer[], :tiles::bigint[]) wanted(level, tile)
join :"schema".tree_tiles t on t.log = :log and t.level = wanted.level and t.tile = wanted.tile;

-- name: tiles of level
-- Tiles of one level from one on, in order.
select tile, hashes from :"schema".tree_tiles
where log = :log and level = :level and tile >= :first
order by tile
limit :limit;

-- name: tile with leaf
-- The first tile of leaves that holds some bytes, and where; it reads all of them. The bytes may lie across two leaves.
select tile, position(:leaf in hashes) from :"schema".tree_tiles
where log = :log and level = 0 and position(:leaf in hashes) > 0
order by tile;

-- name: newest checkpoint
-- The checkpoint of the largest tree.
select size, root, signed_at, note from :"schema".checkpoints where log = :log order by size desc limit 1;

-- name: checkpoints after
-- Checkpoints of larger trees than one, the smallest first.
select size, root, signed_at, note from :"schema".checkpoints
where log = :log and size > :after
order by size
limit :limit;

-- name: checkpoints before
-- Checkpoints of smaller trees than one that were signed up to an instant, the largest first.
select size, root, signed_at, note from :"schema".checkpoints
where log = :log and size < :before and (:until::timestamptz is null or signed_at <= :until)
order by size desc
limit :limit;

-- name: thin
-- Removes the checkpoints before an instant that another one of the same day and log follows.
delete from :"schema".checkpoints c
using (
    select log, size, (signed_at at time zone 'UTC')::date as day,
        lead((signed_at at time zone 'UTC')::date) over (partition by log order by size) as next_day
    from :"schema".checkpoints
    where signed_at < :before
) dated
where c.log = dated.log and c.size = dated.size and dated.day = dated.next_day;

-- name: oldest row after
-- When the first event that no tree covers was recorded, and the present instant.
select (
    select recorded_at from :"schema".events where position = :size + 1 and isfinite(recorded_at)
), clock_timestamp();

-- name: oldest entry after
-- The same of the access journal.
select (
    select at from :"schema".access_journal where position = :size + 1 and isfinite(at)
), clock_timestamp();

-- name: newest key
-- Where and when the log listed the newest sealing key.
select position, recorded_at from :"schema".events where stream = :stream order by version desc limit 1;

-- name: undated events
-- The first event after a position whose date no calendar holds.
select min(position) from :"schema".events
where position > :after and not recorded_at between '0001-01-01+00' and '9999-12-31+00';

-- name: undated access
-- The same of the access journal.
select min(position) from :"schema".access_journal
where position > :after and not at between '0001-01-01+00' and '9999-12-31+00';
