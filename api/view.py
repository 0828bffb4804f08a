"""What every reading shares: who may read, as of which instant, and how far the projections must have come."""

from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import Query, Request, Response
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool
from pydantic import AwareDatetime
from pydantic_core import to_json

from api.callers import Callers
from api.errors import RETRY_AFTER, Problem
from api.keys import Scope
from api.settings import Settings
from api.tenants import Tenants
from domain.event_log import reading
from domain.event_log.schema import schema_of
from projections.as_it_was import as_it_was
from projections.projection import Projection

MOST_REFOLDED = 2  # readings at another instant that may fold the log at once
LONGEST_WAIT = 30

KnownAt = Annotated[AwareDatetime | None, Query(description="Leave out what was recorded later.")]
AsOf = Annotated[AwareDatetime | None, Query(description="Leave out what happened later.")]
After = Annotated[int, Query(ge=0, le=2**62, description="Wait until the reading includes this position.")]
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="How many seconds to wait for it at most.")]


@dataclass(frozen=True, slots=True)
class Opened:
    """A reading under way: everything it asks, it asks of one snapshot of ``schema``, which stands at ``position``.

    ``now`` is the instant at which what depends on the present is judged.
    """

    connection: Connection
    tenant: str
    schema: str
    position: int
    now: datetime

    def answer(self, content: object, *, version: int | None = None) -> Response:
        """The content as JSON, with the position it was computed at, and its version as ETag."""
        headers = {"Ledger-Position": str(self.position)}
        if version is not None:
            headers["ETag"] = f'"{version}"'
        return Response(to_json(content), headers=headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens readings for one caller, whose key was found good."""

    house: "Readings"
    tenant: str

    @contextmanager
    def open(
        self, projections: Collection[Projection], known_at: datetime | None = None, as_of: datetime | None = None
    ) -> Iterator[Opened]:
        """A snapshot of some projections, as of other instants when they are given."""
        now = as_of or known_at or self.house.settings.clock()
        past = known_at is not None or as_of is not None
        if past and not self.house.refolding.acquire(timeout=self.house.settings.patience):
            raise Problem("overloaded", "other readings of the past are under way; try again", headers=RETRY_AFTER)
        try:
            with self.house.pool.connection() as connection, connection.transaction():
                position = self._position(connection, projections, known_at, past=past)
                with as_it_was(connection, self.tenant, list(projections), known_at=known_at, as_of=as_of) as schema:
                    yield Opened(connection, self.tenant, schema, position, now)
        finally:
            if past:
                self.house.refolding.release()

    def _position(
        self, connection: Connection, projections: Collection[Projection], known_at: datetime | None, *, past: bool
    ) -> int:
        if known_at is not None:
            return reading.position_at(connection, self.tenant, known_at)
        if past or not projections:
            return reading.head(connection, self.tenant)
        statement = sql.SQL("select min(position) from {}.projection_positions where name = any(%s)").format(
            sql.Identifier(schema_of(self.tenant))
        )
        row = connection.execute(statement, [[projection.name for projection in projections]]).fetchone()
        return row[0] if row and row[0] is not None else 0


class Readings:
    """What all readings of the process share."""

    def __init__(
        self, settings: Settings, callers: Callers, tenants: Tenants, pool: ConnectionPool[Connection]
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.refolding = BoundedSemaphore(MOST_REFOLDED)
        self._callers = callers
        self._tenants = tenants

    def reader(
        self, *projections: Projection, scope: Scope = "read"
    ) -> Callable[[Request, int, float], Coroutine[Any, Any, Reader]]:
        """A dependency: a caller with ``scope``, once the projections have read the log up to ``after``."""
        names = [projection.name for projection in projections]

        async def reader(request: Request, after: After = 0, wait: Wait = 5.0) -> Reader:
            caller = await self._callers.of(request, scope)
            if after:
                positions = self._tenants[caller.tenant].positions
                if not await positions.projected_to(names, after, wait):
                    reached = min((positions.projected.get(name, 0) for name in names), default=0)
                    message = f"it stands at {reached}, not yet at {after}; ask again, or wait longer"
                    raise Problem("not_reached", message, headers=RETRY_AFTER, position=reached)
            return Reader(self, caller.tenant)

        return reader
