"""The one server of a run, and an empty database of its own for each measure and each peer."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.database import database


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL that is thrown away afterwards, as careful with the disk as one that is kept; or DATABASE_URL's."""
    folder = Path(tempfile.mkdtemp(prefix="ticketledger-bench-"))
    folder.chmod(0o711)  # the server may run as another user
    try:
        with database(folder / "data") as dsn:
            yield dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(beside: str) -> Iterator[str]:
    """One more database on the server of another one."""
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield make_conninfo(beside, dbname=name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
