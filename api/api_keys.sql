-- The API keys of a tenant: their table, the rights of the roles in it, and the statements.

-- name: api keys
-- A key with the hash of its secret, its actor and its permission scopes.
create table :"schema".api_keys (
    id text primary key,
    secret_hash bytea not null,
    actor_id text not null,
    actor_kind text not null,
    acts_for_others boolean not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
);

-- name: api keys say when they were used
-- A column for the last use.
alter table :"schema".api_keys add column last_used_at timestamptz;

-- name: api keys note their use
-- The function that notes it at most once a minute for a role that writes no table. A last use after the present
-- instant is from before the clock was put back.
create or replace function :"schema".note_key_use(key text) returns void language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    update :"schema".api_keys k set last_used_at = clock_timestamp()
    where k.id = key
        and (k.last_used_at between clock_timestamp() - interval '1 minute' and clock_timestamp()) is not true
$$;
revoke all on function :"schema".note_key_use from public;

-- name: api keys say how far back they date
-- How long before its command a fact may have happened; null is without limit.
alter table :"schema".api_keys add column back_dating interval;

-- name: grants
-- The desk reads the keys and notes their use. The auditor reads them without the hashes of their secrets.
grant select on :"schema".api_keys to ticketledger_desk;
revoke all on function :"schema".note_key_use from public;
grant execute on function :"schema".note_key_use to ticketledger_desk;
do $$
begin
    if to_regrole('ticketledger_auditor') is not null then
        grant select (id, actor_id, actor_kind, acts_for_others, scopes, created_at, expires_at, revoked_at,
            last_used_at, back_dating) on :"schema".api_keys to ticketledger_auditor;
    end if;
end
$$;

-- name: create
-- Adds a key.
insert into :"schema".api_keys
    (id, secret_hash, actor_id, actor_kind, acts_for_others, scopes, expires_at, back_dating)
values
    (:id, :secret_hash, :actor_id, :actor_kind, :acts_for_others, :scopes, :expires_at, :back_dating);

-- name: list
-- All keys, the oldest first.
select id, actor_id, actor_kind, acts_for_others, scopes, created_at, expires_at, revoked_at, last_used_at, back_dating
from :"schema".api_keys
order by created_at, id;

-- name: find
-- One key. It is locked until the transaction ends.
select id, actor_id, actor_kind, acts_for_others, scopes, created_at, expires_at, revoked_at, last_used_at, back_dating
from :"schema".api_keys
where id = :id
for update;

-- name: limit
-- Sets the end of a key's validity.
update :"schema".api_keys set expires_at = :expires_at where id = :id;

-- name: revoke
-- Ends a key now; a revoked key keeps its time.
update :"schema".api_keys set revoked_at = coalesce(revoked_at, now()) where id = :id;

-- name: any valid
-- A row when a key of the tenant is valid now.
select 1 from :"schema".api_keys where revoked_at is null and coalesce(expires_at > now(), true) limit 1;

-- name: key
-- What a key allows, whether its use is to be noted, and whether it is revoked or has expired.
select secret_hash, actor_id, actor_kind, scopes, acts_for_others, back_dating,
    (last_used_at between now() - interval '1 minute' and now()) is not true,
    revoked_at is not null, coalesce(expires_at <= now(), false)
from :"schema".api_keys
where id = :id;

-- name: no key
-- No row, at the cost of a statement: a tenant that does not exist takes as many as one that does.
select null, null, null, null, null, null, null, null, null where :id = '';

-- name: note use
-- Notes that a key was used.
select :"schema".note_key_use(:id);
