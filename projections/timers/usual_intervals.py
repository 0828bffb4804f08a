"""The usual days between two purchases of a product, over all customers, as due functions of purchases know them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg import Connection

from domain.due.time_context import TimeContext
from domain.event_log.sql_files import sql_file

LEAST_INTERVALS = 5
"""Of fewer intervals a product has no usual one."""
PURCHASES_BACK = timedelta(days=3 * 365)
"""What was bought longer ago says nothing of what is usual now."""
SQL = sql_file("projections.timers", "usual_intervals.sql")


def usual_intervals(connection: Connection, tenant: str, now: datetime, context: TimeContext) -> Mapping[str, int]:
    """The usual days by folded product, by the purchases before the local day of ``now``."""
    today = context.local_day(now)
    parameters = {"since": today - PURCHASES_BACK, "until": today, "least": LEAST_INTERVALS}
    rows = connection.execute(SQL["usual intervals"].of(tenant), parameters).fetchall()
    return {product: round(days) for product, days in rows}


def with_usual_intervals(context: TimeContext, connection: Connection, tenant: str, now: datetime) -> TimeContext:
    """The context with the usual intervals by folded product."""
    return replace(context, usual_intervals=usual_intervals(connection, tenant, now, context))


def customers_in_turn(
    connection: Connection, tenant: str, usual: Mapping[str, int], first: date, last: date
) -> list[UUID]:
    """The customers whose usual interval ends from one local day to another, by their ids."""
    parameters = {"products": list(usual), "days": list(usual.values()), "first": first, "last": last}
    rows = connection.execute(SQL["customers in turn"].of(tenant), parameters).fetchall()
    return [customer for (customer,) in rows]
