-- The tables of a key store and the statements over them. It lies in another database than the log.

-- name: tables
-- One row of `store` holds the id of the store, the number of destructions so far, and the name of the key-encryption
-- key under which new keys are wrapped. `wrapped` is null once a key is destroyed. A key that was lost is noted without a
-- fingerprint, which nobody knows.
create schema if not exists ticketledger_keys;
create table if not exists ticketledger_keys.store (
    only_row boolean primary key default true check (only_row),
    id uuid not null,
    epoch bigint not null default 0,
    wrapped_under text not null
);
create table if not exists ticketledger_keys.keys (
    key_id uuid primary key,
    tenant text not null,
    wrapped bytea,
    fingerprint text not null,
    made_at timestamptz not null default now(),
    destroyed_at timestamptz
);
create table if not exists ticketledger_keys.blind_keys (
    tenant text primary key,
    wrapped bytea not null,
    made_at timestamptz not null default now()
);

-- name: rights
-- What the role of programs may do, where the server has it and this login owns the tables: read keys and add some. To
-- destroy keys and to wrap them anew is left to the owner, and nobody else deletes any.
do $$
begin
    if has_table_privilege(to_regrole('ticketledger_keykeeper'), 'ticketledger_keys.store', 'select') = false
        and pg_has_role(
            current_user, (select nspowner from pg_namespace where nspname = 'ticketledger_keys'), 'usage') then
        grant usage on schema ticketledger_keys to ticketledger_keykeeper;
        grant select on all tables in schema ticketledger_keys to ticketledger_keykeeper;
        grant insert on ticketledger_keys.keys, ticketledger_keys.blind_keys to ticketledger_keykeeper;
        grant update (epoch) on ticketledger_keys.store to ticketledger_keykeeper;
    end if;
end
$$;

-- name: take the role
-- Works under the role of programs from now on, where it has its rights and this login is a member of it.
select set_config('role', 'ticketledger_keykeeper', false)
from to_regrole('ticketledger_keykeeper') keykeeper
where has_table_privilege(keykeeper, to_regclass('ticketledger_keys.store'), 'select')
    and pg_has_role(session_user, keykeeper, 'member');

-- name: exists
-- Whether the tables are there.
select to_regclass('ticketledger_keys.blind_keys') is not null;

-- name: other programs
-- How many other connections programs have to this server.
select count(*)::int from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid();

-- name: put aside
-- The databases of key stores that were put aside, the newest first.
select datname from pg_database where datname ~ '^ticketledger_keys_[0-9]{14}$' order by datname desc;

-- name: begin
-- Gives a new store its id.
insert into ticketledger_keys.store (id, wrapped_under) values (gen_random_uuid(), :wrapped_under)
on conflict do nothing;

-- name: store
-- The id of the store, its epoch, and the name of the key-encryption key.
select id, epoch, wrapped_under from ticketledger_keys.store;

-- name: wrapped under
-- The name of the key-encryption key, which stays the same until the transaction ends.
select wrapped_under from ticketledger_keys.store for share;

-- name: add
-- Adds fresh keys. Each array is one text of hexadecimal digits, which the driver need not convert.
insert into ticketledger_keys.keys (key_id, tenant, wrapped, fingerprint)
select key_id, :tenant, decode(wrapped, 'hex'), fingerprint
from unnest(:key_ids::text::uuid[], :wrapped::text::text[], :fingerprints::text::text[])
    as fresh (key_id, wrapped, fingerprint);

-- name: load
-- Those of some keys that are stored; a destroyed one and a lost one have no wrapped key.
select key_id, wrapped, fingerprint = '' from ticketledger_keys.keys where key_id = any(:key_ids::uuid[]);

-- name: missing
-- Those of some keys that are not stored.
select wanted.key_id
from unnest(:key_ids::uuid[]) as wanted (key_id)
where not exists (select from ticketledger_keys.keys k where k.key_id = wanted.key_id)
order by 1;

-- name: living
-- How many of some keys are not destroyed.
select count(*) from ticketledger_keys.keys where key_id = any(:key_ids::uuid[]) and wrapped is not null;

-- name: destroyed
-- Those of some keys that are destroyed; a lost one has no fingerprint.
select key_id from ticketledger_keys.keys
where key_id = any(:key_ids::uuid[]) and wrapped is null and fingerprint <> '';

-- name: destroy
-- Destroys keys; a key that is destroyed stays as it is.
update ticketledger_keys.keys set wrapped = null, destroyed_at = now()
where key_id = any(:key_ids::uuid[]) and destroyed_at is null;

-- name: destroy again
-- Destroys keys, and adds those that are missing as destroyed.
insert into ticketledger_keys.keys (key_id, tenant, fingerprint, destroyed_at)
select key_id, :tenant, fingerprint, now()
from unnest(:key_ids::uuid[], :fingerprints::text[]) as destroyed (key_id, fingerprint)
on conflict (key_id) do update set wrapped = null, destroyed_at = coalesce(keys.destroyed_at, now());

-- name: note lost
-- Notes keys as lost that are not stored.
insert into ticketledger_keys.keys (key_id, tenant, fingerprint, destroyed_at)
select key_id, :tenant, '', now() from unnest(:key_ids::uuid[]) as lost (key_id)
on conflict do nothing;

-- name: lost
-- How many keys of a tenant are noted as lost.
select count(*) from ticketledger_keys.keys where tenant = :tenant and fingerprint = '';

-- name: fingerprints
-- The fingerprints of some keys.
select key_id, fingerprint from ticketledger_keys.keys where key_id = any(:key_ids::uuid[]) order by key_id;

-- name: next epoch
-- Tells every process to forget the keys that it holds.
update ticketledger_keys.store set epoch = epoch + 1 returning epoch;

-- name: add blind key
-- Keeps the key of a tenant for hashes, unless it has one.
insert into ticketledger_keys.blind_keys (tenant, wrapped) values (:tenant, :wrapped) on conflict do nothing;

-- name: blind key
-- The key of a tenant for hashes.
select wrapped from ticketledger_keys.blind_keys where tenant = :tenant;

-- name: wrap under
-- Names the key-encryption key for new keys; waits for those that are being added.
update ticketledger_keys.store set wrapped_under = :wrapped_under;

-- name: wrapped under others
-- Some keys that are wrapped under another key-encryption key than `name`, the first 4 bytes of their wrapping.
select key_id, wrapped from ticketledger_keys.keys
where wrapped is not null and substr(wrapped, 1, 4) <> :name::bytea
limit :limit;

-- name: rewrap
-- Replaces wrappings, unless the key was destroyed meanwhile.
update ticketledger_keys.keys k set wrapped = renewed.wrapped
from unnest(:key_ids::uuid[], :wrapped::bytea[]) as renewed (key_id, wrapped)
where k.key_id = renewed.key_id and k.wrapped is not null;

-- name: blind keys
-- The keys for hashes of all tenants.
select tenant, wrapped from ticketledger_keys.blind_keys;

-- name: rewrap blind key
-- Replaces the wrapping of the key of a tenant for hashes.
update ticketledger_keys.blind_keys set wrapped = :wrapped where tenant = :tenant;
