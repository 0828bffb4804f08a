"""API keys of a tenant: their table in the tenant's schema, and the principal of a key."""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Literal, NamedTuple, get_args

from psycopg import Connection

from domain.command_context import Actor, ActorKind
from domain.event_log.schema import TENANT
from domain.event_log.sql_files import sql_file
from domain.event_log.tenants import has_table, tenants_with
from domain.text_folding import fold_name

Permission = Literal["tickets:write", "customers:write", "read", "audit", "audit:read", "feed", "admin", "wall"]
"""What a key allows. ``admin`` allows everything; ``wall`` opens the team wall alone, and no session."""
WALL: Permission = "wall"
LONGEST_WALL = timedelta(days=400)

_SQL = sql_file("api", "api_keys.sql")
API_KEYS: dict[str, str] = {
    name: _SQL[name].text
    for name in (
        "api keys",
        "api keys say when they were used",
        "api keys note their use",
        "api keys say how far back they date",
    )
}
"""The table of keys, for ``make_once``."""
KEY_GRANTS = _SQL["grants"].text
"""The rights of the roles in it, as text for ``in_schema``."""
_TOKEN = re.compile(rf"tl_({TENANT.pattern})_([0-9a-f]{{16}})_([0-9a-f]{{64}})")


class Token(NamedTuple):
    """The parts of a key's text."""

    tenant: str
    key_id: str
    secret: str

    @property
    def text(self) -> str:
        """The text, ``tl_<tenant>_<id>_<secret>``."""
        return f"tl_{self.tenant}_{self.key_id}_{self.secret}"


class _KeyRow(NamedTuple):
    """A row of the statement ``key``. ``is_use_due``: the use of the key is to be noted."""

    secret_hash: bytes
    actor_id: str
    actor_kind: ActorKind
    scopes: list[Permission]
    acts_for_others: bool
    back_dating: timedelta | None
    is_use_due: bool
    is_revoked: bool
    is_expired: bool


KEYLESS = "local"
"""What stands for the id of a key with callers that need none."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor of one tenant with permission scopes. ``acts_for_others`` permits On-Behalf-Of.

    ``back_dating`` is how long before its command a fact may have happened; None is without limit.
    """

    tenant: str
    key_id: str
    actor: Actor
    scopes: frozenset[str]
    acts_for_others: bool
    back_dating: timedelta | None = None

    @property
    def is_keyless(self) -> bool:
        """Whether it stands for every user of this computer (`serve --keyless`), and not for a person with a key."""
        return self.key_id == KEYLESS

    @property
    def space(self) -> str:
        """The name space of its Idempotency-Keys: one for each actor, whatever key the actor shows."""
        return _space(self.tenant, self.actor.kind, self.actor.id)

    def may(self, scope: Permission) -> bool:
        """Whether the key allows it."""
        return scope in self.scopes or "admin" in self.scopes


class RefusedKey(NamedTuple):
    """A key that does not sign in, and why. It says nothing of whether the tenant exists."""

    tenant: str
    key_id: str
    reason: Literal["unknown", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret, which is shown once and not stored."""

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
        """The actor of the key."""
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
) -> Token:
    """Adds a key and returns its token. Raises ValueError for an unknown scope.

    The secret is 256 random bits. Such a secret cannot be guessed from its SHA-256, so no slow password hash is needed.
    """
    unknown = set(scopes) - set(get_args(Permission))
    if unknown or not scopes:
        raise ValueError(f"scopes {sorted(scopes)}: choose from {', '.join(get_args(Permission))}")
    token = Token(tenant, secrets.token_hex(8), secrets.token_hex(32))
    row = {
        "id": token.key_id,
        "secret_hash": _hash(token.secret),
        "actor_id": actor.id,
        "actor_kind": actor.kind,
        "acts_for_others": acts_for_others,
        "scopes": sorted(scopes),
        "expires_at": expires_at,
        "back_dating": back_dating,
    }
    connection.execute(_SQL["create"].of(tenant), row)
    return token


def list_keys(connection: Connection, tenant: str) -> list[Key]:
    """All keys of the tenant, the oldest first. ``last_used_at`` may be a minute old."""
    return [Key(*row) for row in connection.execute(_SQL["list"].of(tenant))]


def find_key(connection: Connection, tenant: str, key_id: str) -> Key | None:
    """A key by its id, locked until the transaction ends; None when there is none."""
    row = connection.execute(_SQL["find"].of(tenant), {"id": key_id}).fetchone()
    return Key(*row) if row else None


def limit_key(connection: Connection, tenant: str, key_id: str, expires_at: datetime) -> None:
    """Sets the end of a key's validity."""
    connection.execute(_SQL["limit"].of(tenant), {"id": key_id, "expires_at": expires_at})


def revoke_key(connection: Connection, tenant: str, key_id: str) -> bool:
    """Ends a key; False when there is no such key. A running server notices within ``TRUSTED_SECONDS``."""
    return connection.execute(_SQL["revoke"].of(tenant), {"id": key_id}).rowcount == 1


def desk_tenants(connection: Connection) -> list[str]:
    """Every tenant that `migrate` made. The schema of a library's application holds a log and no keys."""
    return tenants_with(connection, "api_keys")


def keys_exist(connection: Connection) -> bool:
    """Whether a key of any tenant is valid now."""
    return any(connection.execute(_SQL["any valid"].of(tenant)).fetchone() for tenant in desk_tenants(connection))


def parse_token(text: str) -> Token | None:
    """The parts of a key's text; None when the text has another form."""
    parts = _TOKEN.fullmatch(text)
    return Token(*parts.groups()) if parts else None


def find_caller(connection: Connection, token: Token) -> Principal | RefusedKey:
    """The principal of a key, or why it does not sign in. Notes the use of a key, at most once a minute.

    A tenant that does not exist takes as many statements as one that does, and is no error of the server's.
    """
    tenant, key_id, secret = token
    exists = has_table(connection, tenant, "api_keys")
    statement = _SQL["key"].of(tenant) if exists else _SQL["no key"].filled()
    row = connection.execute(statement, {"id": key_id}).fetchone()
    key = None if row is None else _KeyRow(*row)
    if key is None or not hmac.compare_digest(key.secret_hash, _hash(secret)):
        return RefusedKey(tenant, key_id, "unknown")
    return _caller(connection, tenant, key_id, key)


def caller_of_key(connection: Connection, tenant: str, key_id: str) -> Principal | RefusedKey:
    """The principal of a key whose holder is known by other means than its secret, or why it is refused."""
    row = connection.execute(_SQL["key"].of(tenant), {"id": key_id}).fetchone()
    return RefusedKey(tenant, key_id, "unknown") if row is None else _caller(connection, tenant, key_id, _KeyRow(*row))


def _caller(connection: Connection, tenant: str, key_id: str, key: _KeyRow) -> Principal | RefusedKey:
    if key.is_revoked or key.is_expired:
        return RefusedKey(tenant, key_id, "revoked" if key.is_revoked else "expired")
    if key.is_use_due:
        connection.execute(_SQL["note use"].of(tenant), {"id": key_id})
    actor = Actor(id=key.actor_id, kind=key.actor_kind)
    return Principal(tenant, key_id, actor, frozenset(key.scopes), key.acts_for_others, key.back_dating)


@lru_cache(1024)
def _space(tenant: str, kind: str, name: str) -> str:
    return blake2b(f"{tenant} {kind} {fold_name(name)}".encode(), digest_size=16).hexdigest()


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
