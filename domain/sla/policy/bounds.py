"""Bounds on policies, calendars and worked examples, by the cost of counting with them.

The bounds hold where a definition comes in: in commands, what-ifs and policy files. Stored definitions are not checked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, NamedTuple, TypeVar

from pydantic import AfterValidator, BeforeValidator

from domain.messages import LONGEST_WORD, Instant
from domain.sla.calendar.definition import CalendarDefinition
from domain.sla.calendar.interval_index import FIRST_YEAR, LAST_YEAR
from domain.sla.policy.durations import LONGEST
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import SelectionAttributes
from domain.tenant_settings import WEEKDAYS
from domain.toml_text import KeyPath


class Bound(NamedTuple):
    """What is counted, and the most that is allowed."""

    what: str
    most: int


SHIFTS = Bound("shifts that start on one day", 12)
HOLIDAYS = Bound("holidays of a calendar, besides those of its country", 5_000)
SPECIAL_DAYS = Bound("special days of a calendar", 1_000)
NAME = Bound("characters of the name of a holiday or a special day", LONGEST_WORD)
RULES = Bound("rules of a policy", 100)
SELECTED_WORDS = Bound("words of a selector", 100)
WARNINGS = Bound("warning points of a target", 10)
DURATION = Bound("days of a duration, of 24 hours", LONGEST // 86_400)
COUNTED_ON = Bound("calendars that a policy counts on", 50)
CALENDARS = Bound("calendars of a policy file or a what-if", 50)
RUNGS = Bound("rungs of a ladder", 5)
EXAMPLES = Bound("examples of a policy file", 200)
STORY = Bound("lines of a story", 200)
INSTANCES = Bound("instances of a target that an example names", 100)
EXPECTED_WARNINGS = Bound("warnings that an example names", 100)
POLICY_VERSIONS = Bound("versions of the policy", 1_000)
CALENDAR_VERSIONS = Bound("versions of a calendar", 200)
PUBLISHED_CALENDARS = Bound("calendars of a tenant", 200)

YEARS = (FIRST_YEAR, LAST_YEAR)
"""The first and the last year of effective dates; the dates of a calendar may also lie in the years beside them."""


class Beyond(NamedTuple):
    """The path at which a definition exceeds a bound, and the sentence that says so."""

    path: KeyPath
    reason: str


def calendar_beyond(calendar: CalendarDefinition) -> Iterator[Beyond]:
    """The parts of a calendar that exceed a bound."""
    for number, day in enumerate(WEEKDAYS):
        yield from counted(("week", day), calendar.week.of_day(number), SHIFTS)
    yield from counted(("holidays",), calendar.holidays, HOLIDAYS)
    yield from counted(("special_days",), calendar.special_days, SPECIAL_DAYS)
    for special in calendar.special_days:
        yield from counted(("special_days", str(special.date)), special.hours, SHIFTS)
    for field, days in (("holidays", calendar.holidays), ("special_days", calendar.special_days)):
        for dated in days:
            yield from counted((field, str(dated.date)), dated.name, NAME)
            yield from _dated((field, str(dated.date)), dated.date)


def policy_beyond(policy: Policy) -> Iterator[Beyond]:
    """The parts of a policy that exceed a bound."""
    yield from counted(("rules",), policy.rules, RULES)
    for number, rule in enumerate(policy.rules):
        for selector in SelectionAttributes._fields:
            yield from counted(("rules", number, selector), getattr(rule, selector), SELECTED_WORDS)
        for name, target in rule.targets.items():
            yield from counted(("rules", number, name, "warn_at"), target.warn_at, WARNINGS)
    yield from counted(("rules",), sorted(policy.calendars), COUNTED_ON)


def in_calendar_years(at: datetime) -> datetime:
    """An instant from 1970 to 2099. Raises ValueError for another one."""
    first, last = YEARS
    if not first <= at.year <= last:
        raise ValueError(f"it lies outside the years {first} to {last}, which calendars cover")
    return at


def counted(path: KeyPath, things: Sequence[object], bound: Bound) -> Iterator[Beyond]:
    """The excess over a bound on a number of things; empty when there is none."""
    if len(things) > bound.most:
        yield Beyond(path, f"{len(things):,} {bound.what}: at most {bound.most:,} are allowed")


def _dated(path: KeyPath, day: date) -> Iterator[Beyond]:
    first, last = YEARS
    if not first - 1 <= day.year <= last + 1:
        yield Beyond(path, f"{day} lies outside the years {first} to {last}, which calendars cover")


Definition = TypeVar("Definition", CalendarDefinition, Policy)


def _within(find: Callable[[Definition], Iterator[Beyond]]) -> Callable[[Definition], Definition]:
    def validate(definition: Definition) -> Definition:
        _refuse(find(definition))
        return definition

    return validate


def _refuse(excesses: Iterator[Beyond]) -> None:
    for path, reason in excesses:
        raise ValueError(f"{'.'.join(map(str, path))}: {reason}")


def _few_shifts(written: object) -> object:
    """The calendar as it was written, refused before its shifts are read: a range of days reads each of them anew."""
    week = written.get("week") if isinstance(written, Mapping) else None
    for day, shifts in week.items() if isinstance(week, Mapping) else ():
        if isinstance(shifts, Sequence) and not isinstance(shifts, str):
            _refuse(counted(("week", str(day).partition("-")[0]), shifts, SHIFTS))
    return written


BoundedCalendar = Annotated[CalendarDefinition, BeforeValidator(_few_shifts), AfterValidator(_within(calendar_beyond))]
"""A calendar that comes in."""

BoundedPolicy = Annotated[Policy, AfterValidator(_within(policy_beyond))]
"""A policy that comes in."""

EffectiveFrom = Annotated[Instant, AfterValidator(in_calendar_years)]
"""The instant from which a version that comes in takes effect."""
