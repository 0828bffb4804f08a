"""Thinning of stored checkpoints: of the old ones the last of each day stays.

Proofs need none of the others: the tiles lead from any size to the newest checkpoint. A party that
was given one holds its text.
"""

import time
from datetime import datetime, timedelta

from psycopg import Connection

from api.access_journal.entry import AccessEntry, Occurrences, json_of
from api.access_journal.tables import append_access
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.sealing", "trees.sql")


def thin(connection: Connection, tenant: str, now: datetime, whole: timedelta, by: AccessEntry) -> int:
    """Removes checkpoints that are older than ``whole`` but the last of each day; returns how many.

    It records them as ``by`` in the access journal.
    """
    with connection.transaction():
        removed = connection.execute(_SQL["thin"].of(tenant), {"before": now - whole}).rowcount
        if removed:
            at = time.time()
            append_access(connection, tenant, [json_of(by, Occurrences(at, at, rows=removed))])
    return removed
