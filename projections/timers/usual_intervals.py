"""The usual days between two purchases of a product, over all customers, as due functions of purchases know them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.due.time_context import TimeContext
from domain.event_log.sql_files import sql_file

LEAST_INTERVALS = 5
"""Of fewer intervals a product has no usual one."""
LOOKED_BACK = timedelta(days=3 * 365)
"""What was bought longer ago says nothing of what is usual now."""
KEPT_FOR = timedelta(hours=1)
_MOST_KEPT = 64
SQL = sql_file("projections.timers", "usual_intervals.sql")


class _Kept(NamedTuple):
    at: datetime
    intervals: Mapping[str, int]


_KEPT: dict[tuple[str, str], _Kept] = {}
_LOCK = Lock()


def usual_intervals(connection: Connection, tenant: str, now: datetime, context: TimeContext) -> Mapping[str, int]:
    """The usual days by folded product, by the purchases before the local day of ``now``.

    They are read once an hour. The rows may lag, so that a purchase may count an hour later.
    """
    key = connection.info.dsn, tenant
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None and timedelta(0) <= now - kept.at < KEPT_FOR:
        return kept.intervals
    today = context.local_day(now)
    parameters = {"since": today - LOOKED_BACK, "until": today, "least": LEAST_INTERVALS}
    rows = connection.execute(SQL["usual intervals"].of(tenant), parameters).fetchall()
    intervals = {product: round(days) for product, days in rows}
    with _LOCK:
        _KEPT.pop(key, None)
        _KEPT[key] = _Kept(now, intervals)
        if len(_KEPT) > _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return intervals


def with_usual_intervals(context: TimeContext, connection: Connection, tenant: str, now: datetime) -> TimeContext:
    """The context with the usual intervals by folded product."""
    return replace(context, usual_intervals=usual_intervals(connection, tenant, now, context))


def customers_in_turn(
    connection: Connection, tenant: str, now: datetime, context: TimeContext, back: timedelta
) -> list[UUID]:
    """The customers whose usual interval ends today, or did not end longer than ``back`` ago, by their ids."""
    intervals = usual_intervals(connection, tenant, now, context)
    today = context.local_day(now)
    parameters = {
        "products": list(intervals),
        "days": list(intervals.values()),
        "first": today - back,
        "last": today,
    }
    rows = connection.execute(SQL["customers in turn"].of(tenant), parameters).fetchall()
    return [customer for (customer,) in rows]
