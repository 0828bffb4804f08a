"""Bearer keys: who may call, as whom, and what for. A tenant's keys live in the tenant's own schema."""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Literal, LiteralString, NamedTuple, get_args

from psycopg import Connection, sql

from domain.command_context import Actor
from domain.event_log.schema import TENANT, schema_of, tenants_with
from domain.text_folding import fold_name

Permission = Literal["tickets:write", "customers:write", "read", "audit", "feed", "admin"]
"""What a key allows. ``admin`` allows everything."""

API_KEYS: dict[str, LiteralString] = {
    "api keys": """
create table {schema}.api_keys (
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
""",
    "api keys say when they were used": """
alter table {schema}.api_keys add column last_used_at timestamptz;
create or replace function {schema}.note_key_use(key text) returns void language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    update {schema}.api_keys k set last_used_at = clock_timestamp()
    where k.id = key and coalesce(k.last_used_at < clock_timestamp() - interval '1 minute', true)
$$;
revoke all on function {schema}.note_key_use from public;
""",
    "api keys say how far back they date": """
alter table {schema}.api_keys add column back_dating interval;
""",
}
KEY_GRANTS: LiteralString = """
grant select on {schema}.api_keys to ticketledger_desk;
revoke all on function {schema}.note_key_use from public;
grant execute on function {schema}.note_key_use to ticketledger_desk;
"""
_TOKEN = re.compile(rf"tl_({TENANT.pattern})_([0-9a-f]{{16}})_([0-9a-f]{{64}})")


class Token(NamedTuple):
    """The parts of a key, as they were shown."""

    tenant: str
    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever shows a key: an actor of one tenant, with scopes. ``acts_for_others`` permits On-Behalf-Of.

    ``back_dating``: how long before it is told a fact may have happened; None is without limit.
    """

    tenant: str
    key_id: str
    actor: Actor
    scopes: frozenset[str]
    acts_for_others: bool
    back_dating: timedelta | None = None

    @property
    def space(self) -> str:
        """Whose Idempotency-Keys its own are among: those of the actor, whatever key it shows."""
        return _space(self.tenant, self.actor.kind, self.actor.id)

    def may(self, scope: Permission) -> bool:
        """Whether the key allows it."""
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its keeper sees it: everything but the secret, which nobody sees again."""

    id: str
    actor_id: str
    actor_kind: str
    acts_for_others: bool
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    back_dating: timedelta | None

    @property
    def actor(self) -> Actor:
        """Whom it speaks for."""
        return Actor.model_validate({"id": self.actor_id, "kind": self.actor_kind})


def create_key(
    connection: Connection,
    tenant: str,
    actor: Actor,
    scopes: Collection[str],
    *,
    acts_for_others: bool = False,
    expires_at: datetime | None = None,
    back_dating: timedelta | None = None,
) -> str:
    """Makes a key and returns it, this once: ``tl_<tenant>_<id>_<secret>``. Raises ValueError for an unknown scope.

    The secret is 256 random bits. Such a secret cannot be guessed from its SHA-256, so no slow password hash is needed.
    """
    unknown = set(scopes) - set(get_args(Permission))
    if unknown or not scopes:
        raise ValueError(f"scopes {sorted(scopes)}: choose from {', '.join(get_args(Permission))}")
    key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    connection.execute(
        _in(
            tenant,
            "insert into {}.api_keys"
            " (id, secret_hash, actor_id, actor_kind, acts_for_others, scopes, expires_at, back_dating)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        ),
        [key_id, _hash(secret), actor.id, actor.kind, acts_for_others, sorted(scopes), expires_at, back_dating],
    )
    return f"tl_{tenant}_{key_id}_{secret}"


_COLUMNS = (
    "id, actor_id, actor_kind, acts_for_others, scopes, created_at, expires_at, revoked_at, last_used_at, back_dating"
)


def list_keys(connection: Connection, tenant: str) -> list[Key]:
    """All keys ever made, oldest first; ``last_used_at`` may be a minute old."""
    rows = connection.execute(_in(tenant, f"select {_COLUMNS} from {{}}.api_keys order by created_at, id")).fetchall()
    return [Key(*row) for row in rows]


def find_key(connection: Connection, tenant: str, key_id: str) -> Key | None:
    """A key by its id, and nobody else changes it before the transaction ends; None when there is none."""
    statement = _in(tenant, f"select {_COLUMNS} from {{}}.api_keys where id = %s for update")
    row = connection.execute(statement, [key_id]).fetchone()
    return Key(*row) if row else None


def limit_key(connection: Connection, tenant: str, key_id: str, expires_at: datetime) -> None:
    """Lets a key be valid no longer than until then."""
    connection.execute(_in(tenant, "update {}.api_keys set expires_at = %s where id = %s"), [expires_at, key_id])


def revoke_key(connection: Connection, tenant: str, key_id: str) -> bool:
    """Ends a key; False when there is no such key. A running server notices within ``callers.TRUSTED_SECONDS``."""
    statement = _in(tenant, "update {}.api_keys set revoked_at = coalesce(revoked_at, now()) where id = %s")
    return connection.execute(statement, [key_id]).rowcount == 1


def desk_tenants(connection: Connection) -> list[str]:
    """Every tenant that `migrate` made. A schema of an application of the library holds a log and no keys."""
    return tenants_with(connection, "api_keys")


def keys_exist(connection: Connection) -> bool:
    """Whether a key of any tenant is valid now."""
    valid: LiteralString = "select 1 from {}.api_keys where revoked_at is null and coalesce(expires_at > now(), true)"
    return any(connection.execute(_in(tenant, valid)).fetchone() for tenant in desk_tenants(connection))


def parse_token(text: str) -> Token | None:
    """The parts of what is shown as a key; None when none was ever written so."""
    parts = _TOKEN.fullmatch(text)
    return Token(*parts.groups()) if parts else None


_TENANT_IS_THERE = """
select exists (
    select from pg_namespace n join pg_class c on c.relnamespace = n.oid
    where n.nspname = %s and c.relname = 'api_keys' and has_schema_privilege(n.oid, 'usage')
)
"""
_NOBODY = "select null, null, null, null, null, null, null where %s = ''"
_FIND: LiteralString = """
select secret_hash, actor_id, actor_kind, scopes, acts_for_others,
    coalesce(last_used_at < now() - interval '1 minute', true), back_dating
from {}.api_keys where id = %s and revoked_at is null and coalesce(expires_at > now(), true)
"""


def find_caller(connection: Connection, token: Token) -> Principal | None:
    """The caller who shows ``token``; None when it is no valid key now. Its use is noted, at most once a minute.

    A tenant that does not exist takes as many statements as one that does, and is no error of the server's.
    """
    tenant, key_id, secret = token
    (there,) = connection.execute(_TENANT_IS_THERE, [schema_of(tenant)]).fetchone() or (False,)
    row = connection.execute(_in(tenant, _FIND) if there else sql.SQL(_NOBODY), [key_id]).fetchone()
    if row is None or not hmac.compare_digest(row[0], _hash(secret)):
        return None
    if row[5]:
        connection.execute(_in(tenant, "select {}.note_key_use(%s)"), [key_id])
    return Principal(tenant, key_id, Actor(id=row[1], kind=row[2]), frozenset(row[3]), row[4], row[6])


@lru_cache(1024)
def _space(tenant: str, kind: str, name: str) -> str:
    return blake2b(f"{tenant} {kind} {fold_name(name)}".encode(), digest_size=16).hexdigest()


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _in(tenant: str, statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(schema_of(tenant)))
