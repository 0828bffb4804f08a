"""A follower in a process of its own, as `follow` runs it."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from domain.event_log.schema import schema_of
from domain.event_types import register_event_types
from projections.engine.follower import Follower
from projections.engine.gc_pause import full_collections_rare
from projections.registry import PROJECTIONS

_SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def following(dsn: str, tenant: str) -> Iterator[None]:
    """It follows as long as the block lasts; its start is not part of what is measured inside."""
    ready, stop = _SPAWN.Event(), _SPAWN.Event()
    process = _SPAWN.Process(target=_follow, args=(dsn, tenant, ready, stop))
    process.start()
    try:
        assert ready.wait(60)
        yield
    finally:
        stop.set()
        process.join()


def wait_for(dsn: str, tenant: str, position: int) -> None:
    """Waits until every projection has read the log up to a position."""
    statement = sql.SQL("select min(position) from {}.projection_positions").format(sql.Identifier(schema_of(tenant)))
    with psycopg.connect(dsn, autocommit=True) as connection:
        while (connection.execute(statement).fetchone() or (0,))[0] < position:
            time.sleep(0.01)


def _follow(dsn: str, tenant: str, ready: threading.Event, stop: threading.Event) -> None:
    register_event_types()
    full_collections_rare()
    ready.set()
    Follower(dsn, tenant, PROJECTIONS).run(stop)
