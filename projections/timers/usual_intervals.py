"""The usual days between two purchases of a product, over all customers, as due functions of purchases know them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.contract.term_days import midnight
from domain.due.time_context import TimeContext
from domain.event_log.sql_files import sql_file
from domain.personal_data.declaration import is_lost
from domain.text_folding import fold_name

LEAST_INTERVALS = 5
"""Of fewer intervals a product has no usual one."""
LOOKED_BACK = timedelta(days=3 * 365)
"""What was bought longer ago says nothing of what is usual now."""
KEPT_FOR = timedelta(hours=1)
_MOST_KEPT = 64
_SQL = sql_file("projections.timers", "usual_intervals.sql")


class UsualIntervals(NamedTuple):
    """The whole days by folded product, and the folded products by how they are written."""

    by_product: Mapping[str, int]
    products: Mapping[str, str]


class _Kept(NamedTuple):
    at: datetime
    intervals: UsualIntervals


_KEPT: dict[tuple[str, str], _Kept] = {}
_LOCK = Lock()


def usual_intervals(connection: Connection, tenant: str, now: datetime, context: TimeContext) -> UsualIntervals:
    """The usual intervals by the purchases before the local day of ``now``.

    They are read once an hour. The rows may lag, so that a purchase may count an hour later.
    """
    key = connection.info.dsn, tenant
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None and timedelta(0) <= now - kept.at < KEPT_FOR:
        return kept.intervals
    intervals = _read(connection, tenant, now, context)
    with _LOCK:
        _KEPT.pop(key, None)
        _KEPT[key] = _Kept(now, intervals)
        if len(_KEPT) > _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return intervals


def _read(connection: Connection, tenant: str, now: datetime, context: TimeContext) -> UsualIntervals:
    zone = context.zone_at(now)
    until = midnight(context.local_day(now), zone)
    period = {"since": until - LOOKED_BACK, "until": until}
    spellings = connection.execute(_SQL["spellings"].of(tenant), period).fetchall()
    products = {spelling: fold_name(spelling) for (spelling,) in spellings if not is_lost(spelling)}
    parameters = period | {
        "zone": zone.key,
        "least": LEAST_INTERVALS,
        "spellings": list(products),
        "products": list(products.values()),
    }
    rows = connection.execute(_SQL["usual intervals"].of(tenant), parameters).fetchall()
    return UsualIntervals({product: round(days) for product, days in rows}, products)


def with_usual_intervals(context: TimeContext, connection: Connection, tenant: str, now: datetime) -> TimeContext:
    """The context with the usual intervals by folded product."""
    return replace(context, usual_intervals=usual_intervals(connection, tenant, now, context).by_product)


def customers_in_turn(
    connection: Connection, tenant: str, now: datetime, context: TimeContext, back: timedelta
) -> list[UUID]:
    """The customers whose usual interval ends today, or did not end longer than ``back`` ago, by their ids."""
    by_product, products = usual_intervals(connection, tenant, now, context)
    if not by_product:
        return []
    usual = {spelling: product for spelling, product in products.items() if product in by_product}
    today = context.local_day(now)
    parameters = {
        "zone": context.zone_at(now).key,
        "spellings": list(usual),
        "products": list(usual.values()),
        "days": [by_product[product] for product in usual.values()],
        "since": now - back - timedelta(days=max(by_product.values()) + 1),
        "first": today - back,
        "last": today,
    }
    return [customer for (customer,) in connection.execute(_SQL["customers in turn"].of(tenant), parameters).fetchall()]
