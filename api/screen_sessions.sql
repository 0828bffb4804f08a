-- The sessions of the screen: their table in the tenant's schema, the functions that write it, the rights of the
-- roles, and the statements.

-- name: screen sessions
-- A session with the SHA-256 of its cookie and the key that it stands for.
create table :"schema".screen_sessions (
    digest bytea primary key check (octet_length(digest) = 32),
    key_id text not null references :"schema".api_keys,
    made_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null
);
create index on :"schema".screen_sessions (key_id, made_at);

-- name: functions
-- Beginning a session of 12 hours, or until its key expires, which returns its end: null when the key is not valid,
-- has another secret, or opens a wall. The secret itself is needed, because the desk reads its hash in the table. It deletes the sessions that have expired, and those of the key beyond the newest 50. And ending one.
drop function if exists :"schema".begin_screen_session(bytea, text);
create or replace function :"schema".begin_screen_session(cookie_digest bytea, key text, secret text)
returns timestamptz
language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    ends_at timestamptz;
begin
    select least(clock_timestamp() + interval '12 hours', k.expires_at) into ends_at
    from :"schema".api_keys k
    where k.id = key and k.secret_hash = sha256(convert_to(secret, 'UTF8')) and k.revoked_at is null and coalesce(k.expires_at > clock_timestamp(), true)
        and 'wall' <> all (k.scopes);
    if not found then
        return null;
    end if;
    delete from :"schema".screen_sessions s where s.expires_at <= clock_timestamp();
    delete from :"schema".screen_sessions s where s.digest in (
        select o.digest from :"schema".screen_sessions o where o.key_id = key
        order by o.made_at desc, o.digest offset 49
    );
    insert into :"schema".screen_sessions (digest, key_id, expires_at) values (cookie_digest, key, ends_at);
    return ends_at;
end
$$;
create or replace function :"schema".end_screen_session(cookie_digest bytea) returns void
language sql strict security definer
set search_path = pg_catalog, pg_temp
as $$
    delete from :"schema".screen_sessions s where s.digest = cookie_digest
$$;
revoke all on function :"schema".begin_screen_session, :"schema".end_screen_session from public;

-- name: grants
-- The desk finds the session of a cookie, and calls the functions.
grant select on :"schema".screen_sessions to ticketledger_desk;
revoke all on function :"schema".begin_screen_session, :"schema".end_screen_session from public;
grant execute on function :"schema".begin_screen_session, :"schema".end_screen_session to ticketledger_desk;

-- name: begin
-- Begins a session and returns when it ends.
select :"schema".begin_screen_session(:digest, :key, :secret);

-- name: end
-- Ends a session.
select :"schema".end_screen_session(:digest);

-- name: key of
-- The key of a session that has not expired. One that begins more than an hour from now was made while the clock was
-- ahead, and would last as much longer.
select key_id from :"schema".screen_sessions
where digest = :digest and expires_at > now() and made_at < now() + interval '1 hour';

-- name: no session
-- No row, at the cost of a statement: a tenant that does not exist takes as many as one that does.
select null where :digest = ''::bytea;
