"""Days, weeks and months as people live them, as instants."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["day", "week", "month"]


def period_bounds(first: date, last: date, every: Every, zone: ZoneInfo) -> list[datetime]:
    """Where the periods from ``first`` to ``last`` begin, both local days included, and where the last one ends; UTC.

    Weeks begin on Monday; the outer weeks and months are cut at the first and the last day. Raises ValueError when the
    last day lies before the first.
    """
    if last < first:
        raise ValueError(f"the last day, {last}, lies before the first, {first}")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    beginnings = [day for day in days if day == first or _begins(day, every)]
    return [*(day_begins(day, zone) for day in beginnings), day_ends(last, zone)]


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC; where its midnight does not exist, moved forward by the gap."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """The first instant that is no longer of that day."""
    return day_begins(day + timedelta(days=1), zone)


def _begins(day: date, every: Every) -> bool:
    return every == "day" or (every == "week" and day.weekday() == 0) or (every == "month" and day.day == 1)
