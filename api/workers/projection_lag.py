"""Projection lag: how far each projection is behind the head, and waiting until none is."""

from collections.abc import Callable
from typing import NamedTuple

from psycopg import Connection

from domain.event_log import reader
from domain.event_log.notifications import Listener, ListenerSettings, projection_channel

SETTINGS = ListenerSettings(poll=0.5)


class ProjectionLag(NamedTuple):
    """``behind`` is how many events the projection has not read; negative when it has read events that the log has
    lost. ``stopped_at`` is the position of the event that it cannot fold, ``error`` the reason.
    """

    projection: str
    position: int
    behind: int
    stopped_at: int | None
    error: str | None


def projection_lags(connection: Connection, tenant: str) -> list[ProjectionLag]:
    """The lag of every projection, by name."""
    head = reader.head(connection, tenant)
    rows = connection.execute(reader.QUERIES["stopped_checkpoints"].of(tenant)).fetchall()
    return [ProjectionLag(name, position, head - position, *rest) for name, position, *rest in rows]


def wait_until_projected(dsn: str, tenant: str, report: Callable[[int, int], None]) -> list[ProjectionLag]:
    """Waits until every projection has reached the present head or is stopped; returns their lags.

    ``report`` gets the position of the slowest one, and the head. A follower must be running.
    """
    with Listener(dsn, [projection_channel(tenant)], SETTINGS) as listener:
        connection = listener.connection()
        head = reader.head(connection, tenant)
        while True:
            lags = projection_lags(connection, tenant)
            running = [lag.position for lag in lags if lag.stopped_at is None]
            report(min([head, *running]), head)
            if all(position >= head for position in running):
                return lags
            listener.wait()
