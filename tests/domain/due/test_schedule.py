"""Schedules are local: month ends, open days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.due.of_customers import AgreedDay
from domain.due.of_tickets import CallBack
from domain.due.schedule import (
    next_day,
    open_day_at_or_after,
    open_day_at_or_before,
    open_days_later,
)
from domain.messages import Message
from domain.zones import zone_named
from tests.support.due_instances import PLAIN, WITH_HOLIDAYS, local

BERLIN = zone_named("Europe/Berlin")
ON_WEEKDAYS = PLAIN.open_days(None, local("2026-03-02 09:00"))
IN_OFFICE = WITH_HOLIDAYS.open_days("Office", local("2026-03-02 09:00"))


@pytest.mark.parametrize(
    ("day", "every", "expected"),
    [
        (date(2026, 1, 31), "monthly", date(2026, 2, 28)),
        (date(2028, 1, 31), "monthly", date(2028, 2, 29)),
        (date(2026, 8, 31), "monthly", date(2026, 9, 30)),
        (date(2025, 11, 30), "quarterly", date(2026, 2, 28)),
        (date(2028, 2, 29), "yearly", date(2029, 2, 28)),
        (date(2026, 12, 31), "weekly", date(2027, 1, 7)),
    ],
)
def test_a_month_later_than_the_31st_is_the_last_day_of_a_shorter_month(day: date, every: str, expected: date) -> None:
    assert next_day(day, every) == expected  # type: ignore[arg-type]  # one of the intervals


@pytest.mark.parametrize(("parameters", "name"), [(CallBack, "before"), (AgreedDay, "days")])
def test_a_rule_gives_at_most_twenty_durations_or_days(parameters: type[Message], name: str) -> None:
    assert len(parameters.model_validate({name: list(range(20))}).model_dump()[name]) == 20
    with pytest.raises(ValidationError, match="at most 20 items"):
        parameters.model_validate({name: list(range(21))})


def test_deadlines_move_before_the_week_of_tet_and_courtesies_behind_it() -> None:
    tet = date(2026, 2, 18)
    assert open_day_at_or_before(tet, IN_OFFICE) == date(2026, 2, 13)
    assert open_day_at_or_after(tet, IN_OFFICE) == date(2026, 2, 23)
    assert open_day_at_or_after(tet, ON_WEEKDAYS) == tet, "the control: a calendar without holidays moves nothing"


def test_open_days_are_counted_over_weekends_and_keep_the_wall_time() -> None:
    friday = local("2026-03-06 16:45")
    assert open_days_later(friday, 2, ON_WEEKDAYS, PLAIN) == local("2026-03-10 16:45")


def test_a_calendar_that_never_opens_ends_the_search_where_it_began() -> None:
    assert open_day_at_or_after(date(2026, 3, 2), lambda _day: False) == date(2026, 3, 2)


@pytest.mark.parametrize(("closed_days", "later"), [(365, 365), (366, 0)])
def test_an_open_day_is_found_behind_a_year_of_closed_ones_and_not_behind_more(closed_days: int, later: int) -> None:
    monday = date(2026, 3, 2)
    opens = monday + timedelta(days=closed_days)
    assert open_day_at_or_after(monday, lambda day: day >= opens) == monday + timedelta(days=later)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.integers(0, 15))  # noqa: DTZ001 -- a wall time
def test_so_many_open_days_later_is_an_open_day_with_one_less_between(naive: datetime, days: int) -> None:
    at = naive.replace(tzinfo=zone_named("Asia/Ho_Chi_Minh"))
    later = open_days_later(at, days, ON_WEEKDAYS, PLAIN).astimezone(at.tzinfo)
    between = [day for day in range(at.date().toordinal() + 1, later.date().toordinal() + 1) if (day + 6) % 7 < 5]
    assert len(between) == days
    assert days == 0 or ON_WEEKDAYS(later.date())
