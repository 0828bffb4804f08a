"""The days that the desk compares with."""

from datetime import date, timedelta

import pytest

from api.screen.pages.desk.days import Days

SUNDAY, MONDAY = date(2026, 11, 29), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "monday", "words"),
    [
        (SUNDAY, MONDAY - timedelta(days=7), "desk.since_monday"),
        (MONDAY, MONDAY - timedelta(days=7), "desk.since_last_monday"),
        (MONDAY + timedelta(days=1), MONDAY, "desk.since_monday"),
    ],
)
def test_on_a_monday_the_backlog_is_compared_with_that_of_last_monday_and_says_so(
    today: date, monday: date, words: str
) -> None:
    days = Days(today)
    assert (days.monday, days.since_monday) == (monday, words)
