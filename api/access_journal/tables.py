"""The tables of the access journal, and the statement that appends to it."""

import hashlib
from collections.abc import Sequence

from psycopg import Connection

from domain.event_log.append import SEPARATOR
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.access_journal", "access_journal.sql")
_FUNCTIONS = "\n".join(_SQL[f"function {name}"].text for name in ("add_access", "append_access", "trim_access"))
ACCESS_JOURNAL: dict[str, str] = {
    "access journal": _SQL["access journal"].text,
    "positions of entries begin with 1": _SQL["positions of entries begin with 1"].text,
    f"access functions {hashlib.sha256(_FUNCTIONS.encode()).hexdigest()[:12]}": _FUNCTIONS,
}
"""The tables and functions of the journal, for ``make_once``. Functions of a newer release replace older ones."""
ACCESS_GRANTS = _SQL["grants"].text
"""The rights of the roles in them, as text for ``in_schema``."""
JOURNAL_HEAD = "access_head"
"""The table of the newest position. A tenant of an older release has no journal, and thus no such table."""


def append_access(connection: Connection, tenant: str, entries: Sequence[str]) -> int:
    """Appends entries and returns the position of the last one. Raises psycopg.Error.

    JSON escapes the separator in texts.
    """
    row = connection.execute(_SQL["append"].of(tenant), {"entries": SEPARATOR.join(entries)}).fetchone() or (0,)
    return int(row[0])
