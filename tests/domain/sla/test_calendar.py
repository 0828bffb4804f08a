"""Business time in worked examples."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.sla.calendar.business_time import (
    AROUND_THE_CLOCK,
    BusinessTime,
    BusinessTimes,
    CalendarRangeError,
    business_time,
)
from tests.support.calendars import HOUR, MICROSECOND, at, calendar, hanoi


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


def test_open_intervals_are_cut_to_the_span_and_touching_ones_are_one() -> None:
    time = calendar("UTC", {"mon": ["08:00-12:00", "12:00-14:00", "20:00-24:00"], "tue": ["00:00-02:00"]})
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert time.open_intervals(monday + 9 * HOUR, monday + 25 * HOUR) == [
        (monday + 9 * HOUR, monday + 14 * HOUR),
        (monday + 20 * HOUR, monday + 25 * HOUR),
    ]
    assert time.open_intervals(monday + 9 * HOUR, monday + 9 * HOUR) == []
    assert time.next_opening(monday + 12 * HOUR) == monday + 12 * HOUR


def test_around_the_clock_counts_every_microsecond() -> None:
    time = business_time(AROUND_THE_CLOCK)
    start = at("2026-10-25T00:00", "Europe/Berlin")
    assert time.add(start, 24 * HOUR + MICROSECOND) == start.astimezone(UTC) + 24 * HOUR + MICROSECOND
    assert time.elapsed(start, at("2026-10-26T00:00", "Europe/Berlin")) == 25 * HOUR
    assert time.is_open(start)
    assert time.next_opening(start) == start
    assert time.open_intervals(start, start + HOUR) == [(start, start + HOUR)]


def test_a_calendar_that_does_not_open_again_says_so_instead_of_searching_for_ever() -> None:
    once = calendar("UTC", {}, special_days={"2026-03-02": ["09:00-17:00"]})
    with pytest.raises(CalendarRangeError, match="not open for long enough before the end of 2099"):
        once.add(datetime(2090, 1, 1, tzinfo=UTC), HOUR)
    with pytest.raises(CalendarRangeError, match="not open"):
        once.next_opening(datetime(2090, 1, 1, tzinfo=UTC))


def test_equal_definitions_share_one_index() -> None:
    assert business_time(hanoi()) is business_time(hanoi())
    times = BusinessTimes(most_calendars=1)
    first = times.of(hanoi())
    assert times.of(AROUND_THE_CLOCK) is not first
    assert times.of(hanoi()) is not first, "the calendar used last takes its place"


@pytest.mark.parametrize("weekly", [business_time(AROUND_THE_CLOCK), calendar("UTC", {"mon-sun": ["08:00-17:00"]})])
def test_what_cannot_be_asked_is_refused(weekly: BusinessTime) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        weekly.is_open(now.replace(tzinfo=None))
    with pytest.raises(ValueError, match="is before the start"):
        weekly.elapsed(now, now - MICROSECOND)
    with pytest.raises(ValueError, match="negative"):
        weekly.add(now, -MICROSECOND)
    with pytest.raises(CalendarRangeError, match="outside the calendar years 1970 to 2099"):
        weekly.is_open(datetime(1969, 12, 31, tzinfo=UTC))
    with pytest.raises(CalendarRangeError):
        weekly.add(now, timedelta(days=100 * 366))


def test_the_first_and_the_last_instant_of_the_calendar_years_can_be_asked() -> None:
    time = calendar("Pacific/Kiritimati", {"mon-sun": ["00:00-12:00", "12:00-23:00"]})
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    whole = time.elapsed(first, last)
    assert time.add(first, whole) <= last
    with pytest.raises(CalendarRangeError):
        time.add(first, whole + MICROSECOND)
