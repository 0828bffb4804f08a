"""A calendar is refused with what is wrong, and is written in several ways that mean the same."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from domain.sla.calendar.business_time import (
    CalendarDefinition,
    CalendarVersion,
    business_time,
)
from domain.sla.calendar.interval_index import EARLIEST, LATEST
from domain.sla.calendar.microseconds import from_microseconds
from domain.versions import in_effect
from tests.support.calendars import HOUR, MICROSECOND, calendar, hanoi


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "mon 09:00-12:00 overlaps mon 11:00-13:00: shorten"),
        ({"week": {"tue": ["22:00-06:00"], "wed": ["05:00-09:00"]}}, "tue 22:00-06:00 overlaps wed 05:00-09:00"),
        ({"week": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}}, "sun 22:00-06:00 overlaps mon 05:00-09:00"),
        ({"week": {"mon": ["09:00-09:00"]}}, 'starts where it ends: write "00:00-24:00" for a whole day'),
        ({"week": {"mon": ["9-12"]}}, 'is not an interval: write it like "08:00-12:00"'),
        ({"week": {"mon": ["\uff10\uff18:00-12:00"]}}, 'is not an interval: write it like "08:00-12:00"'),
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
    instants = [days[0], days[1], days[3] - MICROSECOND, days[3]]
    assert [in_effect(versions, at) for at in instants] == [versions[number - 1] for number in (1, 3, 3, 4)]
    assert in_effect(versions, days[0] - MICROSECOND) is None
