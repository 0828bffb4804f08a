"""Business time against a slow second implementation, and by worked examples."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.sla.calendar import (
    AROUND_THE_CLOCK,
    BusinessTime,
    CalendarDefinition,
    CalendarRangeError,
    CalendarVersion,
    business_time,
    intersection,
    version_in_effect,
)
from domain.sla.calendar_index import EARLIEST, LATEST
from domain.sla.microseconds import from_microseconds, to_microseconds
from domain.zones import zone_named
from tests.domain.sla import slow_calendar
from tests.examples import examples

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
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
        assert time.subtract(end, part) == slow_calendar.subtract(minutes, end, part)
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


@settings(max_examples=50, deadline=None)
@given(scenes(), st.data())
def test_an_intersection_is_open_when_both_calendars_are_whatever_their_zones(
    scene: Scene, data: st.DataObject
) -> None:
    zone = data.draw(zones)
    other = data.draw(calendars_in(zone, (scene.first + timedelta(days=2)).date()))
    minutes = [slow_calendar.open_minutes(calendar, scene.first, scene.last) for calendar in (scene.calendar, other)]
    both = intersection(business_time(scene.calendar), business_time(other))
    _agrees_with_the_walk(both, minutes[0] & minutes[1], scene, data)


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=150, deadline=None)
@given(calendars, instants_between(2050, 2080), durations)
def test_subtract_is_the_mirror_of_add(calendar: CalendarDefinition, end: datetime, duration: timedelta) -> None:
    time = business_time(calendar)
    try:
        start = time.subtract(end, duration)
    except CalendarRangeError:
        assert time.elapsed(datetime(1970, 1, 1, tzinfo=UTC), end) < duration
        return
    assert time.elapsed(start, end) == duration
    assert start == end if not duration else time.elapsed(start + MICROSECOND, end) < duration
    assert time.add(start, duration) <= end
    assert time.elapsed(time.add(start, duration), end) == timedelta()


@settings(max_examples=100, deadline=None)
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
    fresh = {year: business_time.__wrapped__(calendar).open_intervals(*ends[year]) for year in years}
    grown = business_time.__wrapped__(calendar)
    assert {year: grown.open_intervals(*ends[year]) for year in years} == fresh


@settings(max_examples=examples(60), deadline=None)
@given(
    calendars, st.lists(st.tuples(instants_between(1975, 2090), instants_between(1975, 2090)), min_size=2, max_size=6)
)
def test_what_was_asked_before_changes_no_answer(
    calendar: CalendarDefinition, asked: list[tuple[datetime, datetime]]
) -> None:
    """Spans that lie anywhere to each other, over the years that are known so far and beyond them."""
    used = business_time.__wrapped__(calendar)
    for one, other in asked:
        start, end = min(one, other), max(one, other)
        fresh = business_time.__wrapped__(calendar)
        elapsed = used.elapsed(start, end)
        assert elapsed == fresh.elapsed(start, end)
        if elapsed:
            assert used.add(start, elapsed) == fresh.add(start, elapsed)
            assert used.subtract(end, elapsed) == fresh.subtract(end, elapsed)


@given(calendars)
def test_a_calendar_survives_being_written_as_json_and_read_again(calendar: CalendarDefinition) -> None:
    assert CalendarDefinition.model_validate_json(calendar.model_dump_json()) == calendar
    assert CalendarDefinition.model_validate(calendar.model_dump()) == calendar


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


@pytest.mark.parametrize(
    ("start", "hours", "due", "due_open"),
    [
        ("2026-03-02T08:00", 4, "2026-03-02T12:00", "2026-03-02T13:00"),
        ("2026-03-02T12:30", 1, "2026-03-02T14:00", "2026-03-02T14:00"),
        ("2026-03-02T08:00", 8.5, "2026-03-02T17:30", "2026-03-03T08:00"),
        ("2026-03-02T08:00", 24, "2026-03-04T16:00", "2026-03-04T16:00"),
        ("2026-03-06T17:00", 1, "2026-03-09T08:30", "2026-03-09T08:30"),
        ("2026-03-07T10:00", 0, "2026-03-07T10:00", "2026-03-09T08:00"),
        ("2026-02-13T16:00", 1.5, "2026-02-13T17:30", "2026-02-24T08:00"),  # Tet, then the outing
        ("2026-02-13T16:00", 24, "2026-02-26T14:30", "2026-02-26T14:30"),
        ("2026-08-21T16:30", 5, "2026-08-22T12:00", "2026-08-24T08:00"),
        ("2026-08-28T17:00", 2, "2026-09-01T09:30", "2026-09-01T09:30"),
    ],
)
def test_a_vietnamese_office_is_due_when_its_hours_say(start: str, hours: float, due: str, due_open: str) -> None:
    time = business_time(hanoi())
    assert time.add(at(start), hours * HOUR) == at(due)
    assert time.next_opening(at(due)) == at(due_open)
    assert time.elapsed(at(start), at(due)) == hours * HOUR


def test_tet_2026_is_closed_for_its_whole_week() -> None:
    time = business_time(hanoi())
    assert time.elapsed(at("2026-02-16T00:00"), at("2026-02-24T00:00")) == timedelta()
    assert hanoi().holidays_in(2026)[date(2026, 2, 17)] == "Tết Nguyên Đán"


def test_answers_come_in_utc() -> None:
    due = business_time(hanoi()).add(at("2026-03-02T08:00"), HOUR)
    assert (due.tzinfo, due.hour) == (UTC, 2)


def test_an_interval_holds_its_opening_and_not_its_closing() -> None:
    time = business_time(hanoi())
    assert time.is_open(at("2026-03-02T08:00"))
    assert not time.is_open(at("2026-03-02T08:00") - MICROSECOND)
    assert time.is_open(at("2026-03-02T12:00") - MICROSECOND)
    assert not time.is_open(at("2026-03-02T12:00"))


def test_subtracting_from_a_morning_goes_back_to_the_evening_before_but_no_further_than_it_must() -> None:
    time = business_time(hanoi())
    assert time.subtract(at("2026-03-03T09:00"), HOUR) == at("2026-03-03T08:00")
    assert time.subtract(at("2026-03-03T09:00"), 2 * HOUR) == at("2026-03-02T16:30")


def test_open_intervals_are_cut_to_the_span_and_touching_ones_are_one() -> None:
    time = calendar("UTC", {"mon": ["08:00-12:00", "12:00-14:00", "20:00-24:00"], "tue": ["00:00-02:00"]})
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert time.open_intervals(monday + 9 * HOUR, monday + 25 * HOUR) == [
        (monday + 9 * HOUR, monday + 14 * HOUR),
        (monday + 20 * HOUR, monday + 25 * HOUR),
    ]
    assert time.open_intervals(monday + 9 * HOUR, monday + 9 * HOUR) == []
    assert time.next_opening(monday + 12 * HOUR) == monday + 12 * HOUR


def test_a_day_of_25_hours_has_25_hours_and_one_of_23_has_23() -> None:
    time = calendar("Europe/Berlin", {"sun": ["00:00-24:00"]})
    assert time.elapsed(at("2026-10-24T12:00"), at("2026-10-27T12:00")) == 25 * HOUR
    assert time.elapsed(at("2026-03-28T12:00"), at("2026-03-31T12:00")) == 23 * HOUR


@pytest.mark.parametrize(
    ("shift", "opens", "closes"),
    [
        ("01:00-02:30", "2026-03-29T00:00", "2026-03-29T01:30"),  # 02:30 does not exist: it is 03:30
        ("02:30-05:00", "2026-03-29T01:30", "2026-03-29T03:00"),
        ("02:10-02:40", "2026-03-29T01:10", "2026-03-29T01:40"),
        ("01:00-02:30", "2026-10-24T23:00", "2026-10-25T00:30"),  # 02:30 comes twice: the first
        ("02:30-04:00", "2026-10-25T00:30", "2026-10-25T03:00"),
    ],
)
def test_a_missing_wall_time_moves_forward_and_a_double_one_is_the_first(shift: str, opens: str, closes: str) -> None:
    time = calendar("Europe/Berlin", {"sun": [shift]})
    expected = at(opens, "UTC"), at(closes, "UTC")
    assert time.open_intervals(expected[0] - 12 * HOUR, expected[1] + 12 * HOUR) == [expected]


@pytest.mark.parametrize("shift", ["02:00-03:00", "02:30-03:00", "02:30-03:15"])
def test_a_shift_that_the_gap_swallows_is_not_worked(shift: str) -> None:
    time = calendar("Europe/Berlin", {"sun": [shift]})
    assert time.elapsed(at("2026-03-28T12:00"), at("2026-03-31T12:00")) == timedelta()


def test_midnight_that_does_not_exist_neither_loses_nor_counts_twice() -> None:
    time = calendar("America/Sao_Paulo", {"sat": ["20:00-24:00"], "sun": ["00:00-04:00"]})
    start = at("2018-11-03T12:00", "America/Sao_Paulo")
    assert time.elapsed(start, start + 24 * HOUR) == 7 * HOUR


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    time = calendar("UTC", {"fri": ["22:00-06:00"]})
    friday = datetime(2026, 3, 6, tzinfo=UTC)
    assert time.open_intervals(friday, friday + 72 * HOUR) == [(friday + 22 * HOUR, friday + 30 * HOUR)]


def test_a_holiday_cancels_the_night_that_starts_on_it_and_not_the_one_that_ends_in_it() -> None:
    time = calendar("UTC", {"mon-sun": ["22:00-06:00"]}, holidays=["2026-03-07"])
    holiday = datetime(2026, 3, 7, tzinfo=UTC)
    assert time.open_intervals(holiday, holiday + 47 * HOUR) == [
        (holiday, holiday + 6 * HOUR),
        (holiday + 46 * HOUR, holiday + 47 * HOUR),
    ]


def test_a_special_day_replaces_the_week_and_wins_over_a_holiday() -> None:
    time = calendar(
        "UTC",
        {"mon-fri": ["09:00-17:00"]},
        holidays={"2026-03-04": "Founding day"},
        special_days={"2026-03-03": [], "2026-03-04": ["22:00-02:00"]},
    )
    tuesday = datetime(2026, 3, 3, tzinfo=UTC)
    assert time.open_intervals(tuesday, tuesday + 60 * HOUR) == [
        (tuesday + 46 * HOUR, tuesday + 50 * HOUR),
        (tuesday + 57 * HOUR, tuesday + 60 * HOUR),
    ]


def test_hours_of_a_special_day_that_run_into_the_next_count_once() -> None:
    time = calendar("UTC", {"tue": ["05:00-09:00"]}, special_days={"2026-03-02": ["22:00-06:00"]})
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert time.elapsed(monday, monday + 48 * HOUR) == 11 * HOUR
    longer = calendar("UTC", {"tue": ["05:00-06:00"]}, special_days={"2026-03-02": ["22:00-09:00"]})
    assert longer.elapsed(monday, monday + 48 * HOUR) == 11 * HOUR


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
def test_a_new_year_asked_for_alone_knows_the_night_shift_of_the_old_one(zone: str) -> None:
    new_year = at("2027-01-01T00:00", zone)
    for hours, is_open in [(-3, False), (-1, True), (3, True), (7, False)]:
        fresh = calendar(zone, {"thu": ["22:00-06:00"]}, name=f"asked at {hours} h")
        assert fresh.is_open(new_year.astimezone(UTC) + hours * HOUR) == is_open


@pytest.mark.parametrize(
    ("week", "special", "opens"),
    [
        ({"mon-fri": ["09:00-17:00"]}, {}, ["31 09:00"]),
        ({"mon-sat": ["09:00-17:00"]}, {}, ["31 09:00"]),
        ({"mon-fri": ["09:00-17:00"]}, {"2011-12-30": []}, []),
    ],
)
def test_the_hours_of_a_skipped_friday_count_once_on_the_saturday_unless_a_special_day_leaves_them_out(
    week: dict[str, list[str]], special: dict[str, list[str]], opens: list[str]
) -> None:
    apia = zone_named("Pacific/Apia")
    start, end = datetime(2011, 12, 29, 18, tzinfo=apia), datetime(2012, 1, 1, tzinfo=apia)
    found = calendar("Pacific/Apia", week, special_days=special).open_intervals(start, end)
    assert [opened.astimezone(apia).strftime("%d %H:%M") for opened, _ in found] == opens
    assert [closed - opened for opened, closed in found] == [timedelta(hours=8)] * len(opens)


def test_hours_of_a_skipped_new_year_s_eve_move_into_the_new_year_in_their_place() -> None:
    zone = "Pacific/Kiritimati"  # went from 30 December 1994 to 1 January 1995
    week = {"sat": ["08:00-12:00"], "sun": ["00:00-06:00"]}
    before, after = calendar(zone, week, name="asked from before"), calendar(zone, week, name="asked from after")
    assert before.add(at("1994-12-20T00:00", zone), 12 * HOUR) == at("1995-01-01T02:00", zone)
    assert after.subtract(at("1995-01-06T00:00", zone), HOUR) == at("1995-01-01T11:00", zone)


def test_around_the_clock_counts_every_microsecond() -> None:
    time = business_time(AROUND_THE_CLOCK)
    start = at("2026-10-25T00:00", "Europe/Berlin")
    assert time.add(start, 24 * HOUR + MICROSECOND) == start.astimezone(UTC) + 24 * HOUR + MICROSECOND
    assert time.subtract(start, HOUR) == start.astimezone(UTC) - HOUR
    assert time.elapsed(start, at("2026-10-26T00:00", "Europe/Berlin")) == 25 * HOUR
    assert time.is_open(start)
    assert time.next_opening(start) == start
    assert time.open_intervals(start, start + HOUR) == [(start, start + HOUR)]


def test_two_desks_share_the_hours_in_which_both_are_open() -> None:
    berlin = calendar("Europe/Berlin", {"mon-fri": ["09:00-17:00"]})
    both = intersection(business_time(hanoi()), berlin)
    assert both.add(at("2026-03-02T08:00"), HOUR) == at("2026-03-02T16:00")
    assert both.elapsed(at("2026-06-01T00:00"), at("2026-06-02T00:00")) == 3.5 * HOUR  # summer time in Berlin
    assert intersection(berlin, business_time(AROUND_THE_CLOCK)) is berlin


def test_two_desks_that_never_meet_say_so_instead_of_searching_for_ever() -> None:
    never = intersection(calendar("UTC", {"mon": ["09:00-17:00"]}), calendar("UTC", {"tue": ["09:00-17:00"]}))
    with pytest.raises(CalendarRangeError, match="not open for long enough before the end of 2099"):
        never.add(datetime(2090, 1, 1, tzinfo=UTC), HOUR)
    with pytest.raises(CalendarRangeError, match="not open"):
        never.next_opening(datetime(2090, 1, 1, tzinfo=UTC))


def test_equal_definitions_share_one_index() -> None:
    assert business_time(hanoi()) is business_time(hanoi())


@pytest.mark.parametrize("weekly", [business_time(AROUND_THE_CLOCK), calendar("UTC", {"mon-sun": ["08:00-17:00"]})])
def test_what_cannot_be_asked_is_refused(weekly: BusinessTime) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        weekly.is_open(now.replace(tzinfo=None))
    with pytest.raises(ValueError, match="is before the start"):
        weekly.elapsed(now, now - MICROSECOND)
    with pytest.raises(ValueError, match="negative"):
        weekly.add(now, -MICROSECOND)
    with pytest.raises(ValueError, match="negative"):
        weekly.subtract(now, -MICROSECOND)
    with pytest.raises(CalendarRangeError, match="outside the calendar years 1970 to 2099"):
        weekly.is_open(datetime(1969, 12, 31, tzinfo=UTC))
    with pytest.raises(CalendarRangeError):
        weekly.add(now, timedelta(days=100 * 366))
    with pytest.raises(CalendarRangeError):
        weekly.subtract(now, timedelta(days=100 * 366))


def test_the_first_and_the_last_instant_of_the_calendar_years_can_be_asked() -> None:
    time = calendar("Pacific/Kiritimati", {"mon-sun": ["00:00-12:00", "12:00-23:00"]})
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    whole = time.elapsed(first, last)
    assert time.add(first, whole) <= last
    assert time.subtract(last, whole) >= first
    with pytest.raises(CalendarRangeError):
        time.add(first, whole + MICROSECOND)
    with pytest.raises(CalendarRangeError):
        time.subtract(last, whole + MICROSECOND)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "mon 09:00-12:00 overlaps mon 11:00-13:00: shorten"),
        ({"week": {"tue": ["22:00-06:00"], "wed": ["05:00-09:00"]}}, "tue 22:00-06:00 overlaps wed 05:00-09:00"),
        ({"week": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}}, "sun 22:00-06:00 overlaps mon 05:00-09:00"),
        ({"week": {"mon": ["09:00-09:00"]}}, 'starts where it ends: write "00:00-24:00" for a whole day'),
        ({"week": {"mon": ["9-12"]}}, 'is not an interval: write it like "08:00-12:00"'),
        ({"week": {"mon": ["20:00-26:00"]}}, 'write a shift over midnight like "22:00-06:00"'),
        ({"week": {"mon": ["24:00-06:00"]}}, "starts after 23:59"),
        ({"week": {"monday": []}}, "unknown day 'monday': write one of mon, tue"),
        ({"week": {"mon-fri": ["09:00-17:00"], "fri": []}}, "fri is given twice"),
        ({"week": {"mon": []}}, "calendar 'example' is never open"),
        ({"zone": "europe/berlin"}, "unknown time zone 'europe/berlin': write an IANA name, for example Europe/Berlin"),
        ({"zone": "localtime"}, "unknown time zone"),
        ({"public_holidays": "XX"}, "no public holidays known for 'XX': write an ISO 3166 country code, such as VN"),
        ({"public_holidays": {"country": "VN", "subdivision": "XX"}}, "does not have subdivision XX"),
        ({"public_holidays": {"country": "VN", "language": "de"}}, "no holiday names in language 'de'"),
        ({"holidays": ["2026-03-02", "2026-03-02"]}, "2026-03-02 is given twice"),
        ({"special_days": {"2026-03-02": ["09:00-12:00", "11:00-13:00"]}}, "09:00-12:00 overlaps 11:00-13:00"),
        ({"name": "24x7"}, "24x7 is the built-in calendar"),
        ({"hours": []}, "Extra inputs are not permitted"),
    ],
)
def test_a_bad_calendar_is_refused_with_what_is_wrong_and_how_to_mend_it(
    change: dict[str, object], complaint: str
) -> None:
    good: dict[str, object] = {"name": "example", "zone": "UTC", "week": {"mon": ["09:00-17:00"]}}
    with pytest.raises(ValidationError) as refused:
        CalendarDefinition.model_validate(good | change)
    assert complaint in str(refused.value)


def test_hours_that_touch_do_not_overlap() -> None:
    time = calendar("UTC", {"sun": ["22:00-06:00"], "mon": ["06:00-12:00", "12:00-24:00"], "tue": ["00:00-01:00"]})
    assert time.elapsed(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)) == 27 * HOUR


def test_a_range_of_days_may_run_over_the_weekend() -> None:
    time = calendar("UTC", {"sat-mon": ["09:00-10:00"]})
    assert time.elapsed(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)) == 3 * HOUR


def test_a_calendar_with_its_holidays_written_out_needs_no_library_and_counts_the_same() -> None:
    written = hanoi().with_holidays_written_out()
    span = from_microseconds(EARLIEST), from_microseconds(LATEST)
    assert written.public_holidays is None
    assert written.holidays_in(2026) == hanoi().holidays_in(2026)
    assert business_time(written).open_intervals(*span) == business_time(hanoi()).open_intervals(*span)


def test_the_version_in_effect_is_the_one_that_took_effect_last() -> None:
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 3, 6)]
    versions = [CalendarVersion(version=n, effective_from=day, calendar=hanoi()) for n, day in enumerate(days, start=1)]
    assert version_in_effect(versions, days[0]).version == 1
    assert version_in_effect(versions, days[1]).version == 3
    assert version_in_effect(versions, days[3] - MICROSECOND).version == 3
    assert version_in_effect(versions, days[3]).version == 4
    with pytest.raises(LookupError, match="no version"):
        version_in_effect(versions, days[0] - MICROSECOND)
