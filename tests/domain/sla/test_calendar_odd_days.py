"""Days of odd lengths: clocks that change, nights, skipped days, special days."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.zones import zone_named
from tests.support.calendars import HOUR, at, calendar


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
    intervals = calendar("Pacific/Apia", week, special_days=special).open_intervals(start, end)
    assert [opened.astimezone(apia).strftime("%d %H:%M") for opened, _ in intervals] == opens
    assert [closed - opened for opened, closed in intervals] == [timedelta(hours=8)] * len(opens)


def test_hours_of_a_skipped_new_year_s_eve_move_into_the_new_year_in_their_place() -> None:
    zone = "Pacific/Kiritimati"  # went from 30 December 1994 to 1 January 1995
    week = {"sat": ["08:00-12:00"], "sun": ["00:00-06:00"]}
    before, after = calendar(zone, week, name="asked from before"), calendar(zone, week, name="asked from after")
    assert before.add(at("1994-12-20T00:00", zone), 12 * HOUR) == at("1995-01-01T02:00", zone)
    assert after.next_opening(at("1995-01-01T07:00", zone)) == at("1995-01-01T08:00", zone)
