"""Calendars of the examples: an office in Hanoi, and any other in one line."""

import tomllib
from datetime import datetime, timedelta

from domain.sla.calendar.business_time import (
    BusinessTime,
    CalendarDefinition,
    business_time,
)
from domain.zones import zone_named

MICROSECOND = timedelta(microseconds=1)

HOUR = timedelta(hours=1)

HANOI = """
    name = "Hanoi office"
    zone = "Asia/Ho_Chi_Minh"
    public_holidays = "VN"

    [week]
    mon-fri = ["08:00-12:00", "13:00-17:30"]

    [holidays]
    2026-02-23 = "Company outing"

    [special_days]
    2026-08-22 = ["08:00-12:00"]        # the Saturday worked for the Monday off on 31 August
    2026-09-01 = { hours = ["08:00-10:00"], name = "Skeleton crew" }
"""


def hanoi() -> CalendarDefinition:
    return CalendarDefinition.model_validate(tomllib.loads(HANOI))


def at(text: str, zone: str = "Asia/Ho_Chi_Minh") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone))


def calendar(zone: str, week: dict[str, list[str]], **more: object) -> BusinessTime:
    return business_time(CalendarDefinition.model_validate({"name": "example", "zone": zone, "week": week} | more))
