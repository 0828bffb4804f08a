"""Removes the write-ahead log from before from the disk of an embedded server: it holds erased values in clear."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection

from domain.backoff import Backoff, Pauses
from domain.event_log.sql_files import sql_file

PATIENCE = 120.0
"""Seconds in which the files have to go."""
PAUSES = Pauses(0.2, 15.0)
"""Between two attempts, each of which begins a file or more: those that a replica needs are not to fill the disk."""
_SQL = sql_file("api.erasing", "write_ahead_log.sql")


def remove_write_ahead_log(connection: Connection) -> bool:
    """Removes all files that are there now, and says whether they are gone.

    PostgreSQL renames old files for later use and leaves their content, so such files are written over first. Only for
    a superuser, and a server without replicas and archive: a file that these need stays.
    """
    deadline, backoff = time.monotonic() + PATIENCE, Backoff(PAUSES)
    with _no_recycling(connection):
        while not _removed(connection):
            if time.monotonic() > deadline:
                return False
            time.sleep(backoff.failed())
    return True


def _removed(connection: Connection) -> bool:
    """One attempt. Its checkpoint still recycles files when it begins before the server has read its settings."""
    ((last,),) = connection.execute(_SQL["last file"].filled()).fetchall()
    while _answer(connection, "is written", last):
        connection.execute(_SQL["next file"].filled())
    connection.execute("checkpoint")
    return not _answer(connection, "old or recycled", last)


@contextmanager
def _no_recycling(connection: Connection) -> Iterator[None]:
    """The server deletes old files within the block."""
    connection.execute(_SQL["do not recycle"].filled())
    try:
        connection.execute(_SQL["reload"].filled())
        yield
    finally:
        connection.execute(_SQL["recycle"].filled())
        connection.execute(_SQL["reload"].filled())


def _answer(connection: Connection, question: str, file: str) -> bool:
    """Whether it is so, or there are any."""
    ((answer,),) = connection.execute(_SQL[question].filled(), {"file": file}).fetchall()
    return bool(answer)
