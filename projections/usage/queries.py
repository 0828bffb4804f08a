"""The usage of products by metric and day: the last recorded value of a day counts."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from projections.engine.table import selected
from projections.scope.filters import MOST
from projections.usage.table import UsageDay

_SQL = sql_file("projections.usage", "usage.sql")
UsageKey = tuple[date, str, str, UUID]
"""Day, product, metric and stream: where a page ends."""


def usage_days(
    connection: Connection,
    schema: str,
    customers: Collection[UUID],
    *,
    product: str | None = None,
    metric: str | None = None,
    after: UsageKey | None = None,
    limit: int = 100,
) -> list[UsageDay]:
    """The days of some customers, the newest first; ``limit`` at least 1, more than MOST counts as MOST."""
    statement = _SQL["days"].composed(schema, columns=selected(UsageDay))
    day, of_product, of_metric, usage = after or (None,) * 4
    parameters: dict[str, Any] = {"customers": list(customers), "product": product, "metric": metric, "day": day}
    parameters |= {"of_product": of_product, "of_metric": of_metric, "usage": usage, "limit": min(limit, MOST)}
    with connection.cursor(row_factory=class_row(UsageDay)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def last_values(rows: Iterable[UsageDay], product: str | None, metric: str | None) -> list[UsageDay]:
    """The same from all rows of some streams, the newest day first."""
    last: dict[UsageKey, UsageDay] = {}
    for row in sorted(rows, key=lambda row: row.version):
        if product in {None, row.product} and metric in {None, row.metric}:
            last[usage_key(row)] = row
    return [last[key] for key in sorted(last, reverse=True)]


def usage_key(row: UsageDay) -> UsageKey:
    """The key of a day: the order of a page."""
    return row.day, row.product, row.metric, row.usage
