"""Changes of tables that wait for sessions which read them."""

import threading

from psycopg import Connection

_WAITING = """
select from pg_locks
where not granted and mode = 'AccessExclusiveLock'
    and database = (select oid from pg_database where datname = current_database())
"""


def until_it_waits(connection: Connection, changing: threading.Thread) -> None:
    """Returns when a change in another thread waits for a table."""
    while not connection.execute(_WAITING).rowcount:
        assert changing.is_alive()


def until_it_gives_up(connection: Connection, changing: threading.Thread) -> None:
    """Returns when the change has waited and given up an attempt; it is tried again later."""
    until_it_waits(connection, changing)
    while connection.execute(_WAITING).rowcount:
        assert changing.is_alive()
