"""Sessions of the screen: a key is exchanged for a cookie, whose hash is a row in the tenant's schema."""

import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from psycopg import Connection

from api.api_keys import Principal, RefusedKey, Token, caller_of_key
from domain.event_log.schema import TENANT
from domain.event_log.sql_files import sql_file
from domain.event_log.tenants import has_table

_SQL = sql_file("api", "screen_sessions.sql")
_FUNCTIONS = _SQL["functions"].text
SCREEN_SESSIONS: dict[str, str] = {
    "screen sessions": _SQL["screen sessions"].text,
    f"functions of screen sessions {sha256(_FUNCTIONS.encode()).hexdigest()[:12]}": _FUNCTIONS,
}
"""The table and its functions, for ``make_once``. Functions of a newer release replace those of an older one."""
SESSION_GRANTS = _SQL["grants"].text
"""The rights of the roles in them, as text for ``in_schema``."""
SESSION_SECONDS = 12 * 3600
"""How long a session lasts, as in `begin_screen_session`; it ends with its key at the latest."""
MOST_SESSIONS_OF_A_KEY = 50
"""How many sessions a key has, as in `begin_screen_session`; a further one ends the oldest."""
_COOKIE = re.compile(rf"({TENANT.pattern})_[0-9a-f]{{64}}")


class Session(NamedTuple):
    """A new session: the value of its cookie, which is not stored, and its end."""

    cookie: str
    expires_at: datetime


def begin_session(connection: Connection, token: Token) -> Session | None:
    """Begins a session of a key; None when the key is not valid or opens a wall. Deletes expired sessions."""
    cookie = f"{token.tenant}_{secrets.token_hex(32)}"
    given = {"digest": _digest(cookie), "key": token.key_id, "secret": token.secret}
    (ends_at,) = connection.execute(_SQL["begin"].of(token.tenant), given).fetchone() or (None,)
    return None if ends_at is None else Session(cookie, ends_at)


def end_session(connection: Connection, cookie: str) -> None:
    """Ends the session of a cookie, if there is one."""
    tenant = tenant_of_cookie(cookie)
    if tenant is not None and has_table(connection, tenant, "screen_sessions"):
        connection.execute(_SQL["end"].of(tenant), {"digest": _digest(cookie)})


def find_session(connection: Connection, cookie: str) -> Principal | RefusedKey | None:
    """The caller of a cookie: the principal of the session's key, or why the key is refused; None without a session."""
    tenant = tenant_of_cookie(cookie)
    if tenant is None:
        return None
    exists = has_table(connection, tenant, "screen_sessions")
    statement = _SQL["key of"].of(tenant) if exists else _SQL["no session"].filled()
    row = connection.execute(statement, {"digest": _digest(cookie)}).fetchone()
    return None if row is None else caller_of_key(connection, tenant, row[0])


def tenant_of_cookie(cookie: str) -> str | None:
    """The tenant that a cookie names; None for a text of another form."""
    parts = _COOKIE.fullmatch(cookie)
    return parts[1] if parts else None


def _digest(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()
