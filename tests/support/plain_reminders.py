"""Who should have been reminded of what and when, by brute force: the slow second opinion on the due watch.

It shares no code with due functions: it goes day by day, with the dates of the `holidays` library.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import holidays

from domain.zones import zone_named

HANOI = zone_named("Asia/Ho_Chi_Minh")
FREE = holidays.country_holidays("VN", years=range(2029, 2033))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STALE = 24 * HOUR
EVERY = {"vip": 7, "gold": 30}


class Done(NamedTuple):
    """Something that a person did: ``what`` with its details, at a local instant."""

    at: datetime
    what: str
    detail: object = None


class Reminded(NamedTuple):
    """A reminder, as it is recorded: for what instant, whether it fired or was missed, and by which look."""

    rule: str
    subject: str
    due_at: datetime
    outcome: str
    look: datetime


@dataclass
class Life:
    """All that is done with one subject: a ticket, a customer or a contract. ``owner`` names a ticket's customer.

    ``imported``: it came in from another system.
    """

    kind: str
    name: str
    done: list[Done] = field(default_factory=list)
    owner: str = ""
    imported: bool = False

    def by(self, at: datetime) -> list[Done]:
        return [each for each in self.done if each.at <= at]


def expected(lives: Sequence[Life], looks: Iterable[datetime]) -> list[Reminded]:
    """What each look should have recorded."""
    reminded: list[Reminded] = []
    for look in looks:
        for life in lives:
            for rule, due_at in sorted(set(due_of(life, lives, look)), key=lambda each: (each[1], each[0])):
                known = {(each.rule, each.subject, each.due_at) for each in reminded}
                if due_at <= look and (rule, life.name, due_at) not in known:
                    late = look > due_at + STALE or (rule == "birthday" and look.date() > due_at.date())
                    reminded.append(Reminded(rule, life.name, due_at, "missed" if late else "fired", look))
    return reminded


def due_of(life: Life, lives: Sequence[Life], at: datetime) -> Iterator[tuple[str, datetime]]:
    """Every instant at which something is due of a subject, by what was done until then."""
    done = life.by(at)
    if not done:
        return
    if life.kind == "ticket":
        yield from _of_ticket(done)
    elif life.kind == "contract":
        ends = [each.detail for each in done if each.what in {"signed", "renewed"}][-1]
        assert isinstance(ends, date)
        for days in (30, 15):
            day = ends - days * DAY
            while not is_open(day):
                day -= DAY
            yield "renewal", nine(day)
    else:
        yield from _of_customer(life, done, lives, at)


def _of_ticket(done: Sequence[Done]) -> Iterator[tuple[str, datetime]]:
    waits: Done | None = None
    resolved: Done | None = None
    for each in done:
        if each.what in {"hold", "resolve", "resume"}:
            waits = each if each.what == "hold" else None
        if each.what == "message" and waits is not None and waits.detail == "customer":
            waits = None
        if each.what in {"resolve", "reopen", "rate"}:
            resolved = each if each.what == "resolve" else None
    if waits is not None and waits.detail == "customer":
        for days in (2, 5):
            yield "waiting", open_days_after(waits.at, days)
    if waits is not None and waits.detail == "internal":
        for days in range(1, 21):
            yield "inside", open_days_after(waits.at, days)
    if resolved is not None:
        yield "csat", resolved.at + 24 * HOUR
        yield "csat", resolved.at + 72 * HOUR


def _of_customer(
    life: Life, done: Sequence[Done], lives: Sequence[Life], at: datetime
) -> Iterator[tuple[str, datetime]]:
    tier = [each.detail for each in done if each.what in {"registered", "tier"}][-1]
    for each in done:
        if each.what == "birthday":
            assert isinstance(each.detail, tuple)
            day = each.at.date()
            while (day.day, day.month) != each.detail:
                day += DAY
            yield "birthday", nine(day)
    agreed = [each.detail for each in done if each.what == "agreed"]
    if agreed:
        assert isinstance(agreed[-1], date)
        for days in (3, 1):
            yield "payment", nine(agreed[-1] - days * DAY)
    last = [each.at for each in done if each.what in {"registered", "check-in"}][-1]
    if tier in EVERY:
        day = last.date() + EVERY[str(tier)] * DAY if tier == "vip" else a_month_after(last.date())
        while not is_open(day):
            day += DAY
        yield "check-in", nine(day)
    words = [each.at for each in done if each.what == "check-in"]
    words += [each.at for other in lives if other.owner == life.name for each in other.by(at)
              if each.what in {"receive", "message", "reply"}]  # fmt: skip
    if words:
        yield "silent", nine(max(words).date() + (5 if tier == "vip" else 9) * DAY)


def a_month_after(day: date) -> date:
    """The same day of the next month, or the last one that it has."""
    later = day
    while later.month == day.month:
        later += DAY
    month = later.month
    while later.day < day.day and (later + DAY).month == month:
        later += DAY
    return later


def open_days_after(at: datetime, days: int) -> datetime:
    """The same time of day, so many open days later."""
    day = at.date()
    while days:
        day += DAY
        days -= is_open(day)
    return datetime.combine(day, at.timetz().replace(tzinfo=None), HANOI)


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in FREE


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=HANOI)
