"""Database sessions of workers that run one after another in a test."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def worker_session(url: str) -> Iterator[psycopg.Connection]:
    """A session whose advisory locks are free when the block ends.

    A session ends in the server after ``close`` has returned. Until then it would lead, and the next worker would wait.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.execute("select pg_advisory_unlock_all()")
