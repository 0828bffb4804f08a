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


class _Kept(NamedTuple):
    at: datetime
    by_product: Mapping[str, int]


_KEPT: dict[tuple[str, str], _Kept] = {}
_LOCK = Lock()


def usual_intervals(connection: Connection, tenant: str, now: datetime, context: TimeContext) -> Mapping[str, int]:
    """The whole days by product as it is written, by the purchases before the local day of ``now``.

    They are read once an hour. The rows may lag, so that a purchase may count an hour later.
    """
    key = connection.info.dsn, tenant
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None and timedelta(0) <= now - kept.at < KEPT_FOR:
        return kept.by_product
    zone = context.zone_at(now)
    until = midnight(context.local_day(now), zone)
    parameters = {"zone": zone.key, "since": until - LOOKED_BACK, "until": until, "least": LEAST_INTERVALS}
    rows = connection.execute(_SQL["usual intervals"].of(tenant), parameters).fetchall()
    by_product = {product: round(days) for product, days in rows if not is_lost(product)}
    with _LOCK:
        _KEPT.pop(key, None)
        _KEPT[key] = _Kept(now, by_product)
        if len(_KEPT) > _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return by_product


def with_usual_intervals(context: TimeContext, connection: Connection, tenant: str, now: datetime) -> TimeContext:
    """The context with the usual intervals by folded product."""
    by_product = usual_intervals(connection, tenant, now, context)
    return replace(context, usual_intervals={fold_name(product): days for product, days in by_product.items()})


def customers_in_turn(
    connection: Connection, tenant: str, now: datetime, context: TimeContext, back: timedelta
) -> list[UUID]:
    """The customers whose usual interval ends today, or did not end longer than ``back`` ago, by their ids."""
    by_product = usual_intervals(connection, tenant, now, context)
    if not by_product:
        return []
    today = context.local_day(now)
    parameters = {
        "zone": context.zone_at(now).key,
        "products": list(by_product),
        "days": list(by_product.values()),
        "since": now - back - timedelta(days=max(by_product.values()) + 1),
        "first": today - back,
        "last": today,
    }
    return [customer for (customer,) in connection.execute(_SQL["customers in turn"].of(tenant), parameters).fetchall()]
