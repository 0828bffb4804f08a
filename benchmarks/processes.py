"""Processes beside the measured one: the workers as `follow` runs them, and servers of another program's side."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe

from api.workers.tenant_workers import follow
from domain.event_types import register_event_types

SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def workers(dsn: str, tenant: str) -> Iterator[None]:
    """The follower and the watches, as long as the block lasts."""
    stop = SPAWN.Event()
    process = SPAWN.Process(target=_follow, args=(dsn, tenant, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


def _follow(dsn: str, tenant: str, stop: threading.Event) -> None:
    register_event_types()
    follow(dsn, [tenant], stop)


@contextmanager
def port_of(serve: Callable[[Pipe], None]) -> Iterator[int]:
    """The port of a server, which it sends through the pipe when it listens."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=serve, args=(there,))
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()
