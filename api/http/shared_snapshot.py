"""One snapshot on two connections: the server computes one answer while this process writes another."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from typing import TypeVar

from psycopg import sql

from api.http.bounded_pool import BoundedPool
from api.http.read_session import ReadSession

Name = TypeVar("Name")
Answer = TypeVar("Answer")


def read_at_once(
    session: ReadSession, pool: BoundedPool, names: Iterable[Name], read: Callable[[Name, ReadSession], Answer]
) -> dict[Name, Answer]:
    """What ``read`` gives for each name, by two threads; by this one alone while no connection is free."""
    waiting, answers = deque(names), dict[Name, Answer]()

    def work(of: ReadSession) -> None:
        while waiting:
            try:
                name = waiting.popleft()
            except IndexError:  # the other thread took the last one
                return
            answers[name] = read(name, of)

    if len(waiting) == 1:
        work(session)
        return answers
    with _beside(session, pool) as other:
        if other is None:
            work(session)
            return answers
        with ThreadPoolExecutor(1) as helper:
            helped = helper.submit(copy_context().run, work, other)
            try:
                work(session)
            finally:
                waiting.clear()
            helped.result()
    return answers


@contextmanager
def _beside(session: ReadSession, pool: BoundedPool) -> Iterator[ReadSession | None]:
    """The same snapshot on another connection; None while none is free."""
    with pool.spare() as connection:
        if connection is None:
            yield None
            return
        ((snapshot,),) = session.connection.execute("select pg_export_snapshot()").fetchall()
        with connection.transaction():
            connection.execute(sql.SQL("set transaction snapshot {}").format(sql.Literal(snapshot)))
            yield replace(session, connection=connection)
