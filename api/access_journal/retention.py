"""Retention of the access journal: entries beyond their age are removed; the tree keeps their hashes."""

import time
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg import Connection

from api.access_journal.entry import AccessEntry, Occurrences, Removed, json_of
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.access_journal", "access_journal.sql")


class Trimmed(NamedTuple):
    """How many entries were removed, and how many are old and stay until the tree covers them."""

    removed: int
    uncovered: int


def trim(connection: Connection, tenant: str, now: datetime, kept: timedelta, by: AccessEntry) -> Trimmed:
    """Removes the entries that are older than ``kept`` and covered by the tree, and records it as ``by``.

    The record names the position and the instant up to which it removed: who checks the tree takes no other removal.

    The tree's lowest tiles keep the hash of each removed entry, so every proof stays possible.
    """
    before = now - kept
    with connection.transaction():
        old, newest = connection.execute(_SQL["old"].of(tenant), {"before": before}).fetchone() or (0, 0)
        covered = _covered(connection, tenant)
        given = {"before": before, "covered": covered}
        (removed,) = connection.execute(_SQL["trim"].of(tenant), given).fetchone() or (0,)
        if removed:
            at = time.time()
            _, reached = connection.execute(_SQL["kept"].of(tenant)).fetchone() or (0, 0)
            occurred = Occurrences(at, at, rows=removed, removed=Removed(reached, before))
            connection.execute(_SQL["record removal"].of(tenant), {"entry": json_of(by, occurred)})
    return Trimmed(removed or 0, old - (removed or 0) if newest > covered else 0)


def _covered(connection: Connection, tenant: str) -> int:
    row = connection.execute(_SQL["covered"].of(tenant)).fetchone() or (0,)
    return int(row[0])
