"""When customers contact the desk and when agents work, by the days of Asia/Ho_Chi_Minh."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from domain.zones import zone_named

ZONE = zone_named("Asia/Ho_Chi_Minh")
OF_THE_HOUR = (2, 1, 1, 1, 1, 3, 6, 14, 34, 46, 46, 34, 18, 30, 44, 44, 38, 26, 18, 22, 30, 28, 14, 6)
"""The relative number of customers in each hour of a working day."""
OF_THE_DAY = (1.15, 1.0, 1.0, 1.0, 1.05, 0.6, 0.45)
"""Monday to Sunday, as multiples of an ordinary day."""
OPENS, CLOSES = 8, 20
SUNDAY = 6
NIGHTS_WITH_AN_OUTAGE = 0.12
OUTAGE_SHARE = 0.25
"""The tickets of an outage, within three hours, as a share of an ordinary day."""


class Arrival(NamedTuple):
    """A customer contacts the desk; ``outage``: because of an outage."""

    at: datetime
    outage: bool


def arrivals(chance: Random, first: date, tickets_per_day: int) -> Iterator[Arrival]:
    """All arrivals from the first day on, in order, without end (UTC)."""
    day = first
    while True:
        yield from _of_day(chance, day, tickets_per_day)
        day += timedelta(days=1)


def in_working_hours(at: datetime, chance: Random) -> datetime:
    """``at`` if the desk works then, else some minutes after its next opening."""
    local = at.astimezone(ZONE)
    day = local.date()
    if local.weekday() != SUNDAY and OPENS <= local.hour < CLOSES:
        return at
    if local.hour >= CLOSES or local.weekday() == SUNDAY:
        day += timedelta(days=1)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    opening = datetime.combine(day, time(OPENS), ZONE)
    return opening.astimezone(UTC) + timedelta(seconds=chance.randrange(60, 5_400))


def _of_day(chance: Random, day: date, tickets_per_day: int) -> list[Arrival]:
    ordinary = tickets_per_day * OF_THE_DAY[day.weekday()]
    of_day = [
        Arrival(at, outage=False)
        for hour, weight in enumerate(OF_THE_HOUR)
        for at in _between(chance, day, hour, 1, ordinary * weight / sum(OF_THE_HOUR))
    ]
    if chance.random() < NIGHTS_WITH_AN_OUTAGE:
        begins = chance.choice((0, 1, 2, 20, 21))
        of_day += [Arrival(at, outage=True) for at in _between(chance, day, begins, 3, tickets_per_day * OUTAGE_SHARE)]
    return sorted(of_day)


def _between(chance: Random, day: date, hour: int, hours: int, expected: float) -> Iterator[datetime]:
    """A Poisson process with ``expected`` arrivals in these hours."""
    seconds = hours * 3_600
    at = chance.expovariate(expected / seconds)
    begin = datetime.combine(day, time(hour), ZONE).astimezone(UTC)
    while at < seconds:
        yield begin + timedelta(seconds=int(at))
        at += chance.expovariate(expected / seconds)
