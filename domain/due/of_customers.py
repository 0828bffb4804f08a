"""What becomes due of a customer: days of every year, agreed days, check-ins, waves of the survey, silence."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field

from domain.customer import events as c
from domain.customer.facts import events as f
from domain.customer.facts.annual_day import next_occurrence
from domain.customer.facts.lunar_calendar import FIRST_YEAR, LAST_YEAR, solar_day
from domain.customer.survivors import merged_into
from domain.due.due_function import DueFunction, History
from domain.due.instance import Among, DueInstance, identity_of
from domain.due.schedule import DayCounts, Durations, at_wall, end_of_day, next_day, open_day_at_or_after
from domain.due.time_context import TimeContext
from domain.messages import Message, WallTime, Word, one_or_more
from domain.template.placeholders import day_text
from domain.text_folding import fold_code, fold_name

Value = TypeVar("Value")
CUSTOMER = frozenset({"customer"})
ANY_TIER = "*"
MOST_TIERS = 50
_DAY = timedelta(days=1)
_MOST_YEARS = 200


Words = Annotated[tuple[Word, ...], BeforeValidator(one_or_more), Field(min_length=1, max_length=20)]


class AnnualDayParameters(Message):
    """Dates of these names, each year, in the hours from ``time`` to the end of that day and never on another."""

    names: Words = ("birthday", "anniversary")
    time: WallTime = "09:00"


def _annual_day(history: History, parameters: AnnualDayParameters, context: TimeContext) -> Iterator[DueInstance]:
    """Each year from the day on which it is known. A lunar day is found for its solar year."""
    if merged_into(history) is not None:
        return
    names = set(map(fold_code, parameters.names))
    for known_at, recorded in _dates(history).values():
        if fold_code(recorded.name) not in names:
            continue
        start = context.local_day(max(known_at, context.since or known_at))
        for _ in range(_MOST_YEARS):
            day = next_occurrence(recorded.day, recorded.month, start, lunar=recorded.lunar)
            if day is None:
                break
            identity = identity_of(fold_code(recorded.name), day.year)
            due_at = at_wall(day, parameters.time, context)
            values = {"occasion": recorded.name, "day": day_text(day)}
            yield DueInstance(identity, due_at, end_of_day(day, context), values)
            if identity not in context.settled and due_at > (context.since or known_at):
                break
            start = day + _DAY


class AgreedDay(Message):
    """So many local days before the day of a payment or an appointment.

    Such a day is a date of the customer with a year, whose name is one of these words, alone or before a colon.
    """

    name: Literal["payment", "appointment"] = "payment"
    days: DayCounts = (3, 1)
    time: WallTime = "09:00"


def _agreed_day(history: History, parameters: AgreedDay, context: TimeContext) -> Iterator[DueInstance]:
    """Until the date is removed; a moved one is a new instance. Of a merged customer it stands as before."""
    for _known_at, recorded in _dates(history).values():
        if recorded.year is None or fold_code(recorded.name).partition(":")[0] != parameters.name:
            continue
        day = _day_of(recorded)
        if day is None:
            continue
        for days in parameters.days:
            due_at = at_wall(day - days * _DAY, parameters.time, context)
            values = {"occasion": recorded.name.partition(":")[2] or recorded.name, "day": day_text(day)}
            identity = identity_of(fold_code(recorded.name), day, days)
            yield DueInstance(identity, due_at, end_of_day(day, context), values)


class CheckInParameters(Message):
    """``every`` says the interval by tier, folded; ``*`` is that of the others. On the next open day where closed."""

    every: dict[Word, Literal["weekly", "monthly", "quarterly", "yearly"]] = Field(
        default={"vip": "weekly", "gold": "monthly", ANY_TIER: "quarterly"}, max_length=MOST_TIERS
    )
    time: WallTime = "09:00"
    calendar: Word | None = None


def _check_in(history: History, parameters: CheckInParameters, context: TimeContext) -> Iterator[DueInstance]:
    """One interval after the last check-in that was done, or after the registration."""
    tier = _tier(history)
    every = _by_tier(parameters.every, tier)
    if tier is None or every is None or merged_into(history) is not None:
        return
    done = [event.occurred_at for event in history if isinstance(event.payload, f.CheckInRecorded)]
    begun = next(event.occurred_at for event in history if isinstance(event.payload, c.CustomerRegistered))
    day = next_day(context.local_day(max([begun, *done])), every)
    is_open = context.open_days(parameters.calendar, at_wall(day, parameters.time, context))
    due_at = at_wall(open_day_at_or_after(day, is_open), parameters.time, context)
    yield DueInstance(identity_of("check-in", len(done) + 1), due_at, placeholders={"day": day_text(day)})


class Wave(Message):
    """``after`` the opening of each wave of the relationship survey, each a request of its own.

    Nobody is asked who answered a survey within ``rest_days`` before.
    """

    after: Durations = (0, 604_800)
    rest_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = 90


def _wave(history: History, parameters: Wave, context: TimeContext) -> Iterator[DueInstance]:
    """Until the customer answers the wave, or it closes."""
    if _tier(history) is None or merged_into(history) is not None:
        return
    answers = [event for event in history if isinstance(event.payload, f.NpsAnswered)]
    rest = timedelta(days=parameters.rest_days)
    for name, wave in context.waves.items():
        if any(fold_name(event.payload.wave or "") == name for event in answers):
            continue
        for number, seconds in enumerate(parameters.after, 1):
            due_at = wave.opens + timedelta(seconds=seconds)
            rested = not any(due_at - rest < event.occurred_at <= due_at for event in answers)
            if wave.takes(due_at) and rested:
                among = None if wave.segment is None else Among(wave.segment, wave.opens)
                yield DueInstance(identity_of("wave", name, number), due_at, wave.closes, among=among)


class Silence(Message):
    """So many local days by tier after the last word of either side; ``*`` is for the other tiers."""

    days: dict[Word, Annotated[int, Field(strict=True, ge=1, le=3650)]] = Field(
        default={"vip": 14, "gold": 30, ANY_TIER: 60}, max_length=MOST_TIERS
    )
    time: WallTime = "09:00"


def _silence(history: History, parameters: Silence, context: TimeContext) -> Iterator[DueInstance]:
    """After the last word in any ticket of the customer, or the last check-in; never where there is none."""
    tier = _tier(history)
    days = _by_tier(parameters.days, tier)
    if tier is None or days is None or merged_into(history) is not None or context.last_word is None:
        return
    due_at = at_wall(context.local_day(context.last_word) + days * _DAY, parameters.time, context)
    identity = identity_of("word", f"{context.last_word.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")
    yield DueInstance(identity, due_at, placeholders={"days": str(days)})


def _dates(history: History) -> dict[str, tuple[datetime, f.DateRecorded]]:
    """The dates of a customer by name, each with the instant from which it is known."""
    dates: dict[str, tuple[datetime, f.DateRecorded]] = {}
    for event in history:
        match event.payload:
            case f.DateRecorded(name=name) if event.payload.is_known:
                dates[name] = (event.occurred_at, event.payload)
            case f.DateRecorded(name=name) | f.DateRemoved(name=name):
                dates.pop(name, None)
            case _:
                pass
    return dates


def _day_of(recorded: f.DateRecorded) -> date | None:
    """The day of a date with a year; None for a lunar one outside the years of the lunar calendar."""
    assert recorded.year is not None  # noqa: S101 -- asked before
    if not recorded.lunar:
        return date(recorded.year, recorded.month, recorded.day)
    return solar_day(recorded.day, recorded.month, recorded.year) if FIRST_YEAR <= recorded.year <= LAST_YEAR else None


def _tier(history: History) -> str | None:
    """The tier of a customer; None before the registration."""
    tier = None
    for event in history:
        if isinstance(event.payload, c.CustomerRegistered | c.TierChanged):
            tier = event.payload.tier
    return tier


def _by_tier(values: Mapping[str, Value], tier: str | None) -> Value | None:
    by_code = {fold_code(name): value for name, value in values.items()}
    return by_code.get(fold_code(tier or ""), by_code.get(ANY_TIER))


ANNUAL_DAY = DueFunction("annual-day", CUSTOMER, AnnualDayParameters, _annual_day, gives=frozenset({"occasion", "day"}))
AGREED_DAY = DueFunction("agreed-day", CUSTOMER, AgreedDay, _agreed_day, gives=frozenset({"occasion", "day"}))
CHECK_IN = DueFunction("check-in", CUSTOMER, CheckInParameters, _check_in, gives=frozenset({"day"}))
NPS_WAVE = DueFunction("nps-wave", CUSTOMER, Wave, _wave)
SILENT_CUSTOMER = DueFunction("silent-customer", CUSTOMER, Silence, _silence, across=True, gives=frozenset({"days"}))
