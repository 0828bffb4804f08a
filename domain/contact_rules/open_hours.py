"""When a notification may be sent by the hours and quiet days of the contact rules."""

from datetime import date, datetime, time, timedelta

from domain.contact_rules.definition import Contact, ContactRules, Hours
from domain.local_time import local_day, midnight, wall_instant
from domain.zones import TimeZone

_DAY = timedelta(days=1)
LONGEST_WAIT = 400
"""The local days that are looked at: more than a year, so that each day of the year is among them."""


def next_open(rules: ContactRules, contact: Contact, at: datetime, zone: TimeZone) -> datetime | None:
    """The first instant from ``at`` on at which every rule is open; None when there is none in LONGEST_WAIT days."""
    hours = [each for each in rules.hours if each.covers(contact)]
    quiet = [(each.first, each.last) for each in rules.quiet_days if each.covers(contact)]
    first = local_day(at, zone)
    for day in (first + _DAY * number for number in range(LONGEST_WAIT)):
        if any(begins <= day <= ends for begins, ends in quiet):
            continue
        opens, closes = _span(hours, day, zone)
        if (instant := max(at, opens)) < closes:
            return instant
    return None


def _span(hours: list[Hours], day: date, zone: TimeZone) -> tuple[datetime, datetime]:
    """The part of a local day in which every rule is open; it is empty when its end lies before its beginning."""
    opens = max((each.opens for each in hours), default=time(0))
    closes = min((each.closes for each in hours), default=None)
    end = midnight(day + _DAY, zone) if closes is None else wall_instant(day, closes, zone)
    return wall_instant(day, opens, zone), end
