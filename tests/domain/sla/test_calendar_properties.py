"""Business time against a slow second implementation, and laws that hold for every calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sla.calendar.business_time import (
    BusinessTime,
    BusinessTimes,
    CalendarDefinition,
    CalendarRangeError,
    business_time,
)
from domain.sla.calendar.microseconds import from_microseconds, to_microseconds
from tests.support import slow_calendar
from tests.support.calendars import HOUR, MICROSECOND
from tests.support.examples import THOROUGH, examples

WEEKDAYS = slow_calendar.WEEKDAYS

TRANSITIONS = [
    ("Europe/Berlin", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-10-25T01:00"),
    ("Europe/Dublin", "2026-03-29T01:00"),  # winter is the time with the negative saving
    ("Europe/Dublin", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),  # midnight does not exist
    ("America/Sao_Paulo", "2018-02-18T02:00"),  # 23:00 to 24:00 twice
    ("America/St_Johns", "2010-11-07T02:31"),  # midnight twice
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Africa/Casablanca", "2026-02-15T02:00"),  # around Ramadan
    ("Africa/Casablanca", "2026-03-22T02:00"),
    ("Asia/Kathmandu", "1985-12-31T18:30"),  # a quarter of an hour, at the end of a year
    ("Pacific/Apia", "2011-12-30T10:00"),  # a whole day
    ("Pacific/Kiritimati", "1994-12-31T10:00"),  # a whole day, the last of a year
    ("Asia/Ho_Chi_Minh", "2026-02-17T00:00"),  # none
]


class Scene(NamedTuple):
    """A calendar and the days around a change of its zone's clock."""

    calendar: CalendarDefinition
    first: datetime
    last: datetime


def _text(opens: int, closes: int) -> str:
    """A shift from minutes after midnight, as people write it."""
    closes = closes if closes <= 1440 else closes - 1440
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Any opening hours: several a day, over midnight, round the end of the week, touching."""
    minutes = st.integers(0, 7 * 288 - 1).map(lambda step: step * 5)
    points = sorted(draw(st.lists(minutes, min_size=2, max_size=30, unique=True)))
    if draw(st.booleans()):
        points.append(points.pop(0) + 7 * 1440)
    week: dict[str, list[str]] = {day: [] for day in WEEKDAYS}
    touching = draw(st.booleans())
    pairs = list(pairwise(points)) if touching else list(zip(points[::2], points[1::2], strict=False))
    for opens, closes in pairs:
        day, minute = divmod(opens, 1440)
        week[WEEKDAYS[day % 7]].append(_text(minute, minute + min(closes - opens, 1435)))
    return week


@st.composite
def days_off_and_on(draw: st.DrawFn, around: date) -> dict[str, object]:
    """Holidays and special days within a few days of a date."""
    near = st.integers(-3, 3).map(lambda days: around + timedelta(days=days))
    shifts = st.tuples(st.integers(0, 287), st.integers(1, 287)).map(lambda at: _text(at[0] * 5, (at[0] + at[1]) * 5))
    return {
        "holidays": draw(st.lists(near, max_size=2, unique=True)),
        "special_days": draw(st.dictionaries(near, st.lists(shifts, max_size=1), max_size=2)),
    }


@st.composite
def calendars_in(draw: st.DrawFn, zone: str, around: date) -> CalendarDefinition:
    written = {"name": "drawn", "zone": zone, "week": draw(weeks())} | draw(days_off_and_on(around))
    return CalendarDefinition.model_validate(written)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    zone, change = draw(st.sampled_from(TRANSITIONS))
    middle = datetime.fromisoformat(change).replace(tzinfo=UTC)
    calendar = draw(calendars_in(zone, middle.date()))
    return Scene(calendar, middle - timedelta(days=2), middle + timedelta(days=2))


@st.composite
def spans(draw: st.DrawFn, first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Two instants in order: whole minutes often, for the edges, and any microsecond."""
    minutes = st.integers(0, (last - first) // timedelta(minutes=1)).map(lambda count: first + timedelta(minutes=count))
    anywhere = st.integers(0, (last - first) // MICROSECOND).map(lambda count: first + count * MICROSECOND)
    start, end = sorted(draw(st.tuples(minutes | anywhere, minutes | anywhere)))
    return start, end


def instants_between(first: int, last: int) -> st.SearchStrategy[datetime]:
    low, high = (to_microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (first, last))
    return st.integers(low, high).map(from_microseconds)


zones = st.sampled_from(sorted({zone for zone, _ in TRANSITIONS}))

calendars = zones.flatmap(lambda zone: calendars_in(zone, date(2026, 3, 29)))

durations = st.timedeltas(timedelta(), timedelta(days=200)) | st.integers(0, 200).map(lambda hours: hours * HOUR)


def _agrees_with_the_walk(time: BusinessTime, minutes: set[datetime], scene: Scene, data: st.DataObject) -> None:
    for _ in range(4):
        start, end = data.draw(spans(scene.first, scene.last))
        assert time.is_open(start) == slow_calendar.is_open(minutes, start)
        open_time = slow_calendar.elapsed(minutes, start, end)
        assert time.elapsed(start, end) == open_time
        part = data.draw(st.timedeltas(timedelta(), open_time) | st.just(open_time))
        assert time.add(start, part) == slow_calendar.add(minutes, start, part)
        if open_time:
            assert time.next_opening(start) == slow_calendar.next_opening(minutes, start)
        intervals = time.open_intervals(start, end)
        assert sum((closes - opens for opens, closes in intervals), timedelta()) == open_time
        assert all(slow_calendar.elapsed(minutes, opens, closes) == closes - opens for opens, closes in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))


@settings(max_examples=examples(120), deadline=None)
@given(scenes(), st.data())
def test_every_operation_agrees_with_walking_minute_by_minute(scene: Scene, data: st.DataObject) -> None:
    minutes = slow_calendar.open_minutes(scene.calendar, scene.first, scene.last)
    _agrees_with_the_walk(business_time(scene.calendar), minutes, scene, data)


@settings(max_examples=examples(150), deadline=None)
@given(calendars, instants_between(2000, 2030), durations)
def test_what_is_added_has_elapsed_and_not_a_microsecond_earlier(
    calendar: CalendarDefinition, start: datetime, duration: timedelta
) -> None:
    time = business_time(calendar)
    try:
        due = time.add(start, duration)
    except CalendarRangeError:  # open for minutes a week
        assert time.elapsed(start, datetime(2100, 1, 1, tzinfo=UTC)) < duration
        return
    assert time.elapsed(start, due) == duration
    assert due == start if not duration else time.elapsed(start, due - MICROSECOND) < duration


@settings(max_examples=examples(100), deadline=None)
@given(calendars, st.lists(instants_between(2010, 2030), min_size=3, max_size=6))
def test_a_span_cut_in_pieces_adds_up(calendar: CalendarDefinition, instants: list[datetime]) -> None:
    time = business_time(calendar)
    cuts = sorted(instants)
    pieces = [time.elapsed(start, end) for start, end in pairwise(cuts)]
    assert sum(pieces, timedelta()) == time.elapsed(cuts[0], cuts[-1])


@settings(max_examples=examples(30), deadline=None)
@given(calendars, st.permutations([1995, 2003, 2004, 2010, 2021]))
def test_the_order_in_which_years_are_asked_for_changes_no_answer(
    calendar: CalendarDefinition, years: list[int]
) -> None:
    ends = {year: (datetime(year - 1, 12, 20, tzinfo=UTC), datetime(year, 1, 15, tzinfo=UTC)) for year in years}
    fresh = {year: BusinessTimes().of(calendar).open_intervals(*ends[year]) for year in years}
    grown = BusinessTimes().of(calendar)
    assert {year: grown.open_intervals(*ends[year]) for year in years} == fresh


AT_ANY_DISTANCE = instants_between(1975, 2090) if THOROUGH else instants_between(2010, 2045)


@settings(max_examples=examples(60), deadline=None)
@given(calendars, st.lists(st.tuples(AT_ANY_DISTANCE, AT_ANY_DISTANCE), min_size=2, max_size=4))
def test_what_was_asked_before_changes_no_answer(
    calendar: CalendarDefinition, earlier: list[tuple[datetime, datetime]]
) -> None:
    """Spans that lie anywhere to each other, over the years that are known so far and beyond them."""
    used = BusinessTimes().of(calendar)
    for since, until in earlier:
        start, end = min(since, until), max(since, until)
        fresh = BusinessTimes().of(calendar)
        elapsed = used.elapsed(start, end)
        assert elapsed == fresh.elapsed(start, end)
        if elapsed:
            assert used.add(start, elapsed) == fresh.add(start, elapsed)


@given(calendars)
def test_a_calendar_survives_being_written_as_json_and_read_again(calendar: CalendarDefinition) -> None:
    assert CalendarDefinition.model_validate_json(calendar.model_dump_json()) == calendar
    assert CalendarDefinition.model_validate(calendar.model_dump()) == calendar
