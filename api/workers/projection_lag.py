"""How far each projection of a tenant has read, and waiting until all have read everything."""

from collections.abc import Callable
from typing import NamedTuple

import psycopg
from psycopg import Connection, sql

from domain.event_log import reader
from domain.event_log.schema import schema_of

LOOK_SECONDS = 0.5


class ProjectionLag(NamedTuple):
    """``behind``: how many events it has not read, negative when it is ahead of the log, which is then shorter than it
    was. ``stopped_at``: the event that it cannot fold; ``error``: why.
    """

    projection: str
    position: int
    behind: int
    stopped_at: int | None
    error: str | None


def projection_lags(connection: Connection, tenant: str) -> list[ProjectionLag]:
    """Every projection, by name."""
    head = reader.head(connection, tenant)
    rows = connection.execute(
        sql.SQL("select name, position, stopped_at, error from {}.projection_positions order by name").format(
            sql.Identifier(schema_of(tenant))
        )
    ).fetchall()
    return [ProjectionLag(name, position, head - position, *rest) for name, position, *rest in rows]


def wait_until_projected(dsn: str, tenant: str, tell: Callable[[int, int], None]) -> list[ProjectionLag]:
    """Waits, by signal, until every projection has read the log as it stands now or is stopped; returns how they stand.

    Told how many events the slowest one has read, of how many. A follower must be running.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("listen {}").format(sql.Identifier(f"{schema_of(tenant)}_projected")))
        head = reader.head(connection, tenant)
        while True:
            found = projection_lags(connection, tenant)
            going = [standing.position for standing in found if standing.stopped_at is None]
            tell(min([head, *going]), head)
            if all(position >= head for position in going):
                return found
            for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass
