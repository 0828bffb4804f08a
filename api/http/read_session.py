"""A reading: its caller, its instants, its snapshot, and the position that it waits for."""

from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from psycopg import Connection
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from api.api_keys import Permission, Principal
from api.http.container import Container, container_of
from api.http.covered_instant import CoveredInstant
from api.http.paging import Position
from api.http.problems import Problem, unknown_id
from api.http.request_access import count_rows, rows_of
from api.http.strict_parameters import only_known_parameters
from domain.envelope import RecordedEvent
from domain.event_log import reader as log_reader
from domain.event_log.schema import schema_of
from projections.customers.same_survivor import survivor_as_it_was
from projections.customers.survivors import is_anybody_merged, survivors_of
from projections.engine.checkpoints import position_of
from projections.engine.projection import Projection, Row
from projections.point_in_time.readings import as_it_was, rows_as_they_were
from projections.point_in_time.table_locks import hold_tables

LONGEST_WAIT = 30

KnownAt = Annotated[CoveredInstant | None, Query(description="Leave out what was recorded later.")]
AsOf = Annotated[CoveredInstant | None, Query(description="Leave out what happened later.")]
After = Annotated[
    Position,
    Query(description="Wait until the reading includes this position: the Ledger-Position of a write."),
]
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="How many seconds to wait for it at most.")]


RowType = TypeVar("RowType")
Known = TypeVar("Known")


class Versioned(Protocol):
    """A row with the version of its stream up to which it was folded."""

    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ReadSession:
    """One snapshot of the tables in ``schema``, as of ``position``.

    ``now`` is the instant at which everything that depends on the present is judged. ``known`` holds what is read once;
    a copy as of another position begins with nothing known.
    """

    connection: Connection
    schema: str
    position: int
    now: datetime
    known: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def definitions(self, tenant: str) -> list[RecordedEvent]:
        """The definitions published up to the position."""
        return self.once("definitions", lambda: log_reader.definitions(self.connection, tenant, self.position))

    def is_anybody_merged(self) -> bool:
        """Whether any customer is merged into another."""
        return self.once("merged", lambda: is_anybody_merged(self.connection, self.schema))

    def once(self, what: str, read: Callable[[], Known]) -> Known:
        """What is read once in the snapshot, by its name."""
        if what not in self.known:
            self.known[what] = read()
        known: Known = self.known[what]
        return known

    def answer(
        self, content: object, *, etag: str | None = None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Response:
        """The content as JSON, with the position it was computed at; ``etag`` begins with its version."""
        count_rows(rows_of(content))
        headers = {**headers, "Ledger-Position": str(self.position)}
        if etag is not None:
            headers["ETag"] = f'"{etag}"'
        return Response(to_json(content), headers=headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A caller who may read ``projections`` (none: the log itself), and the instants of the reading."""

    container: Container
    caller: Principal
    projections: tuple[Projection, ...]
    known_at: datetime | None
    as_of: datetime | None

    @property
    def tenant(self) -> str:
        """The tenant of the caller."""
        return self.caller.tenant

    def live(self) -> AbstractContextManager[ReadSession]:
        """A snapshot of the live projections; ``now`` is still the instant of the request.

        At another instant the streams that it is asked for are folded, so its key pays for the time. Raises SlotsTaken.
        """
        return self.live_paced() if self.is_point_in_time else self._snapshot()

    def live_paced(self) -> AbstractContextManager[ReadSession]:
        """The same for a reading that folds streams at the present, too: its key pays for the time."""
        return self.container.past.paced(self.caller, self._snapshot())

    @contextmanager
    def _snapshot(self) -> Iterator[ReadSession]:
        with self.container.pool.connection() as connection, connection.transaction():
            if self.is_point_in_time and self.projections:
                hold_tables(connection, self.tenant, self.projections)
            yield ReadSession(connection, schema_of(self.tenant), self._position(connection), self._now(connection))

    @property
    def instants(self) -> Mapping[str, datetime | None]:
        """``known_at`` and ``as_of`` by their names, for a call that takes both."""
        return {"known_at": self.known_at, "as_of": self.as_of}

    @property
    def is_point_in_time(self) -> bool:
        """Whether it reads at another instant."""
        return self.known_at is not None or self.as_of is not None

    @contextmanager
    def view(self, check: Callable[[ReadSession], None] | None = None) -> Iterator[ReadSession]:
        """A snapshot folded without what was recorded or happened later than requested.

        ``check`` raises before the fold; it gets a session that must not be asked for rows.
        """
        if not self.is_point_in_time:
            with self.live() as view:
                yield view
            return
        with self.live_in_slot() as live:
            then = replace(live, position=self._log_position(live.connection))
            if check is not None:
                check(then)
            with as_it_was(live.connection, self.tenant, self.projections, **self.instants) as schema:
                yield replace(then, schema=schema)

    @contextmanager
    def live_in_slot(self) -> Iterator[ReadSession]:
        """A snapshot for a reading that folds much. It waits for its slot without a connection. Raises SlotsTaken."""
        with self.turn(), self._snapshot() as session:
            yield session

    def turn(self) -> AbstractContextManager[None]:
        """A turn of this thread for what folds much. Raises SlotsTaken."""
        return self.container.past.turn(self.caller, self.container.settings.patience)

    def live_for_folds(self) -> AbstractContextManager[ReadSession]:
        """A snapshot of the live projections; at another instant in a slot, because streams are folded."""
        return self.live_in_slot() if self.is_point_in_time else self.live()

    def one(
        self,
        stream: UUID,
        find: Callable[[Connection, str, UUID], Versioned | None],
        find_in: Callable[[list[Row], Callable[[UUID], UUID]], Versioned | None],
    ) -> Response:
        """The row of a stream with its version: the live one, or one folded as of the instants asked for.

        ``find_in`` takes the rows of the first projection, and what gives the survivor of a customer then. Raises
        Problem (not_found).
        """
        with self.stream_view(find, find_in) as (view, row_of):
            row = row_of(stream)
        if row is None:
            raise unknown_id()
        return view.answer(row, etag=str(row.version))

    @contextmanager
    def stream_view(
        self,
        find: Callable[[Connection, str, UUID], RowType | None],
        find_in: Callable[[list[Row], Callable[[UUID], UUID]], RowType | None],
    ) -> Iterator[tuple[ReadSession, Callable[[UUID], RowType | None]]]:
        """The rows of single streams: live ones, or folded as of the instants asked for."""
        with self.live() as view:
            if not self.is_point_in_time:
                yield view, lambda stream: find(view.connection, view.schema, stream)
                return
            projection = self.projections[0]
            then = replace(view, position=self._log_position(view.connection))
            yield (
                then,
                lambda stream: find_in(
                    rows_as_they_were(
                        view.connection, self.tenant, projection, stream, known_at=self.known_at, as_of=self.as_of
                    ),
                    partial(self.survivor, view),
                ),
            )

    def survivor(self, view: ReadSession, customer: UUID) -> UUID:
        """The survivor of a customer, now or at the instants asked for."""
        if not self.is_point_in_time:
            return survivors_of(view.connection, view.schema, [customer]).get(customer, customer)
        return survivor_as_it_was(view.connection, self.tenant, customer, known_at=self.known_at, as_of=self.as_of)

    def _now(self, connection: Connection) -> datetime:
        """The instant of the request; the present when it names none."""
        return self.as_of or self.known_at or self.container.now(connection)

    def _log_position(self, connection: Connection) -> int:
        if self.known_at is None:
            return log_reader.head(connection, self.tenant)
        return log_reader.position_at(connection, self.tenant, self.known_at)

    def _position(self, connection: Connection) -> int:
        """The position of the slowest projection, or of the log without projections. Raises ProjectionOutdated."""
        if not self.projections:
            return self._log_position(connection)
        return position_of(connection, self.tenant, self.projections)


def caller_with(scope: Permission) -> Callable[[Request], Coroutine[Any, Any, Principal]]:
    """A dependency: a caller with ``scope``, who is authenticated before anything else of the request is checked."""

    async def caller(request: Request) -> Principal:
        principal = await container_of(request).callers.of(request, scope)
        await only_known_parameters(request)
        return principal

    return caller


def reader(*projections: Projection, scope: Permission = "read") -> Callable[..., Coroutine[Any, Any, ReadRequest]]:
    """A dependency: a caller with ``scope``, once the projections have reached position ``after``."""
    names = [projection.name for projection in projections]

    async def wait_for(
        request: Request,
        caller: Annotated[Principal, Depends(caller_with(scope))],
        known_at: KnownAt = None,
        as_of: AsOf = None,
        after: After = 0,
        wait: Wait = 5.0,
    ) -> ReadRequest:
        container = container_of(request)
        if after:
            await include(container, caller, after, names, wait)
            await container.callers.of(request, scope)  # a key that was revoked meanwhile reads nothing
        return ReadRequest(container, caller, projections, known_at, as_of)

    return wait_for


async def include(container: Container, caller: Principal, after: int, names: Collection[str], seconds: float) -> None:
    """Waits until the projections reach position ``after``. Raises Problem (not_reached, not_found, overloaded)."""
    positions = container.tenants[caller.tenant].positions
    if positions.reached_by(names) >= after:
        return
    with container.waits.taken(caller):
        if after > positions.head:
            reached = await run_in_threadpool(_reached, container, caller.tenant, after, names)
            if reached >= after:
                return
        if not await positions.include(after, names, seconds):
            reached = positions.reached_by(names)
            message = f"it stands at {reached:,}, not yet at {after:,}; ask again, or wait longer"
            raise Problem("not_reached", message, position=reached)


def _reached(container: Container, tenant: str, position: int, names: Collection[str]) -> int:
    """The position of the slowest projection, looked up. Raises Problem (not_found) when no event has ``position``."""
    with container.pool.connection() as connection:
        positions = dict(connection.execute(log_reader.QUERIES["checkpoints"].of(tenant)).fetchall())
    head: int = positions.pop(None)
    if position > head:
        raise Problem("not_found", f"no event has position {position:,}: the log ends at {head:,}")
    return min((positions.get(name, 0) for name in names), default=head)
