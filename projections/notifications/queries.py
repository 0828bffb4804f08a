"""Questions about notifications: one of them, and lists of them."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from projections.engine.table import selected
from projections.notifications.table import NotificationRow

_SQL = sql_file("projections.notifications", "notifications.sql")
MOST = 500
"""The notifications of one page."""
_DEAD: LiteralString = "state in ('failed', 'uncertain') and next_at is null"
"""The condition that a person decides whether it is sent again."""
_CONDITIONS: Mapping[str, LiteralString] = MappingProxyType(
    {
        "states": "state = any(%(states)s)",
        "customers": "customer = any(%(customers)s)",
        "channel": "channel = %(channel)s",
        "rule": "rule = %(rule)s",
        "after": "position < %(after)s",
    }
)


class NotificationFilter(NamedTuple):
    """Which notifications are listed; what is empty takes all. ``dead``: those that a person decides about."""

    states: Collection[str] = ()
    customers: Collection[UUID] = ()
    channel: str | None = None
    rule: str | None = None
    dead: bool = False


def endpoints(connection: Connection, schema: str) -> list[str]:
    """The endpoints of webhooks to which notifications were requested, by name."""
    return [name for (name,) in connection.execute(_SQL["endpoints"].composed(schema))]


def notifications(
    connection: Connection, schema: str, wanted: NotificationFilter, *, after: int | None = None, limit: int = 50
) -> tuple[list[NotificationRow], int | None]:
    """Those that were requested last first, and the position behind which the next page begins; None: that was all."""
    given: dict[str, Any] = {name: value for name, value in wanted._asdict().items() if value and name != "dead"}
    given = {name: list(value) if name in {"states", "customers"} else value for name, value in given.items()}
    if after is not None:
        given["after"] = after
    conditions = [sql.SQL(_CONDITIONS[name]) for name in given]
    if wanted.dead:
        conditions.append(sql.SQL(_DEAD))
    size = min(limit, MOST)
    statement = sql.SQL("select {} from {} where {} order by position desc limit {}").format(
        selected(NotificationRow),
        sql.Identifier(schema, "notifications"),
        sql.SQL(" and ").join(conditions or [sql.SQL("true")]),
        sql.Literal(size + 1),
    )
    with connection.cursor(row_factory=class_row(NotificationRow)) as cursor:
        rows = cursor.execute(statement, given).fetchall()
    return rows[:size], rows[size - 1].position if len(rows) > size else None


class DeadCount(NamedTuple):
    """Notifications of a channel that failed or are uncertain, which a person decides about."""

    channel: str
    failed: int
    uncertain: int


def dead_counts(connection: Connection, schema: str) -> list[DeadCount]:
    """The channels with such notifications, by name."""
    statement = _SQL["dead"].composed(schema, dead=sql.SQL(_DEAD))
    return [DeadCount(*row) for row in connection.execute(statement)]


def one_notification(connection: Connection, schema: str, notification: UUID) -> NotificationRow | None:
    """A notification by its id; None when there is none."""
    statement = sql.SQL("select {} from {} where notification = %s").format(
        selected(NotificationRow), sql.Identifier(schema, "notifications")
    )
    with connection.cursor(row_factory=class_row(NotificationRow)) as cursor:
        return cursor.execute(statement, [notification]).fetchone()
