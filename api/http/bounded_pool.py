"""A connection pool with a bounded queue: a caller that would wait too long is refused at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock
from typing import NamedTuple

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from api.http.fair_slots import FairSlots, SlotsTaken
from api.http.problems import Problem
from domain.event_log.database_connections import Purpose

SPARE_PATIENCE = 0.2
"""Seconds in which a connection is made that a reading can do without."""
LEFT_TO_OTHERS = 2
"""Connections of a large pool that no holder takes alone."""
LARGE = 4


class ConnectionHolder(NamedTuple):
    """Who uses connections: a tenant, and one of its keys."""

    tenant: str
    key: str


def nobody() -> ConnectionHolder:
    """The holder of a pool that has one for all."""
    return ConnectionHolder("", "")


class BoundedPool:
    """At most ``size`` connections are in use, and at most ``waiting`` callers wait for one, ``patience`` seconds each.

    ``holder`` names who calls. A free connection goes to the caller whose key has the fewest. In a large pool no key
    has them all, and neither a key nor a tenant all of those who may wait.
    All connections busy is a Problem (overloaded); no connection to be made is psycopg's PoolTimeout.
    """

    def __init__(
        self,
        dsn: str,
        purpose: Purpose,
        *,
        size: int,
        waiting: int,
        patience: float,
        holder: Callable[[], ConnectionHolder] = nobody,
    ) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            purpose.address(dsn),
            kwargs={"autocommit": True},
            min_size=1,
            max_size=size,
            timeout=patience,
            check=ConnectionPool.check_connection,
            open=False,
        )
        self._patience = patience
        self._holder = holder
        left = 0 if size < LARGE or holder is nobody else LEFT_TO_OTHERS
        self._callers = _Callers(size + waiting, left)
        self._turns = FairSlots("readings", total=size, each=size - left, waiting=size + waiting)

    def open(self) -> None:
        """Opens the pool; connections are made when they are needed."""
        self._pool.open()

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for the block. Raises Problem (overloaded) or psycopg.OperationalError."""
        holder = self._holder()
        with self._callers.counted(holder):
            self._take_turn(holder)
            try:
                with self._pool.connection() as connection:
                    yield connection
            finally:
                self._turns.release(_name(holder))

    @contextmanager
    def spare(self) -> Iterator[Connection | None]:
        """A connection for the block; None while all are in use, or where the server does not give one soon."""
        name = _name(self._holder())
        try:
            self._turns.acquire(name, 0)
        except SlotsTaken:
            yield None
            return
        try:
            with ExitStack() as held:
                connection: Connection | None = None
                with suppress(OperationalError):
                    connection = held.enter_context(self._pool.connection(timeout=SPARE_PATIENCE))
                yield connection
        finally:
            self._turns.release(name)

    def _take_turn(self, holder: ConnectionHolder) -> None:
        try:
            self._turns.acquire(_name(holder), self._patience)
        except SlotsTaken:
            raise Problem("overloaded", "other readings are under way; try again") from None


class _Callers:
    """Those who have a connection or wait for one: ``most``, of a tenant and of a key some fewer."""

    def __init__(self, most: int, left: int) -> None:
        """``left`` connections are left to others: twice as many callers of a tenant, and so many more of a key."""
        self._most, self._of_tenant, self._of_key = most, most - 2 * left, most - 4 * left
        self._counts: Counter[ConnectionHolder | str] = Counter()
        self._lock = Lock()

    @contextmanager
    def counted(self, holder: ConnectionHolder) -> Iterator[None]:
        """Counts one more while the block lasts. Raises Problem (overloaded)."""
        bounds = ("", self._most), (f"tenant {holder.tenant}", self._of_tenant), (holder, self._of_key)
        with self._lock:
            if any(self._counts[whose] >= most for whose, most in bounds):
                raise Problem("overloaded", "more readings wait than can be served soon; try again")
            self._counts.update(whose for whose, _ in bounds)
        try:
            yield
        finally:
            with self._lock:
                self._counts.subtract(whose for whose, _ in bounds)
                self._counts += Counter()  # forgets those that have none


def _name(holder: ConnectionHolder) -> str:
    return " ".join(holder)
