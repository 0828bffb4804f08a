"""Where periods begin and end: empty ones, clocks that change, turns of the year, and a year from April."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.local_time import local_day
from domain.zones import zone_named
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import CountedFacts
from projections.figures.registry import FIGURES
from projections.registry import PROJECTIONS
from projections.scope.periods import Every
from tests.support.compared_reports import PROJECTIONS as OF_TICKETS
from tests.support.events import START, at, history, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import question, rows_of_figure, the_row
from tests.support.filled import add, filled

READ = (*OF_TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
BORDERS = (
    datetime(2025, 12, 31, 17, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 3, 31, 17, tzinfo=UTC),
    datetime(2026, 4, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
)
"""Turns of days, years and quarters of some zone, and the instants at which the clocks of another change."""
FIRST, LAST = datetime(2025, 11, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


def ticket(number: int, receipt: datetime) -> list[RecordedEvent]:
    """A ticket that is resolved a second after its receipt."""
    minute = (receipt - START) / timedelta(minutes=1)
    return history(
        at(minute, received()), at(minute + 1 / 60, resolved()), ticket=UUID(int=number), first_position=number * 10
    )


def plain_period(day: date, every: Every, year_begins: int) -> date:
    """The first day of the period of a local day, day by day."""

    def begins(day: date) -> bool:
        match every:
            case "day":
                return True
            case "week":
                return day.isoweekday() == 1
            case "month":
                return day.day == 1
            case "quarter":
                return day.day == 1 and (day.month - year_begins) % 3 == 0
            case "year":
                return day.day == 1 and day.month == year_begins

    while not begins(day):
        day -= timedelta(days=1)
    return day


def test_a_receipt_counts_in_the_period_of_its_local_day(database_url: str) -> None:
    near = st.builds(
        lambda border, seconds: border + timedelta(seconds=seconds),
        st.sampled_from(BORDERS),
        st.sampled_from([-86_400, -3_601, -1, 0, 1, 3_600, 86_399]),
    )
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(100))
        @given(
            receipts=st.lists(near, min_size=1, max_size=6),
            name=st.sampled_from(ZONES),
            every=st.sampled_from(["week", "month", "quarter", "year"]),
            year_begins=st.sampled_from([1, 4, 10]),
        )
        def counted(receipts: list[datetime], name: str, every: Every, year_begins: int) -> None:
            zone = zone_named(name)
            with connection.transaction(force_rollback=True):
                add(connection, READ, *(ticket(number, receipt) for number, receipt in enumerate(receipts, start=1)))
                query = question(connection, FIRST, LAST, zone=zone, every=every, year_begins=year_begins)
                received = {row.period: row.parts["received"] for row in rows_of_figure("flow", query)}
            expected = Counter(plain_period(local_day(receipt, zone), every, year_begins) for receipt in receipts)
            assert {period: count for period, count in received.items() if count} == expected

        counted()


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clocks_change_has_all_its_hours(database_url: str, day: date, hours: int) -> None:
    zone = zone_named("Europe/Berlin")
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    receipts = [begins + timedelta(hours=hour) for hour in range(-1, hours + 1)]
    with filled(database_url, READ, *(ticket(number, at) for number, at in enumerate(receipts, start=1))) as connection:
        query = question(connection, receipts[0], receipts[-1] + timedelta(hours=1), zone=zone, every="day")
        received = {row.period: row.parts["received"] for row in rows_of_figure("flow", query)}
    assert received == {day - timedelta(days=1): 1, day: hours, day + timedelta(days=1): 1}


def test_a_year_from_april_has_march_in_its_last_quarter(database_url: str) -> None:
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2027, 1, 1)]
    receipts = [datetime(day.year, day.month, day.day, 1, tzinfo=UTC) for day in days]
    with filled(database_url, READ, *(ticket(number, at) for number, at in enumerate(receipts, start=1))) as connection:
        query = question(connection, receipts[0], LAST, every="quarter", year_begins=4)
        quarters = {row.period: row.parts["received"] for row in rows_of_figure("flow", query)}
        query = question(connection, receipts[0], LAST, every="year", year_begins=4)
        years = {row.period: row.parts["received"] for row in rows_of_figure("flow", query)}
    assert {period: count for period, count in quarters.items() if count} == {
        date(2026, 1, 1): 1, date(2026, 4, 1): 1, date(2027, 1, 1): 1,
    }  # fmt: skip
    assert years == {date(2025, 4, 1): 1, date(2026, 4, 1): 2}


def test_the_periods_of_any_kind_add_up_to_the_whole(database_url: str) -> None:
    receipts = [border + timedelta(seconds=seconds) for border in BORDERS for seconds in (-1, 0)]
    with filled(database_url, READ, *(ticket(number, at) for number, at in enumerate(receipts, start=1))) as connection:
        for name in ZONES:
            zone = zone_named(name)
            whole = the_row("flow", question(connection, FIRST, LAST, zone=zone)).parts
            for every in ("week", "month", "quarter", "year"):
                query = question(connection, FIRST, LAST, zone=zone, every=every)
                rows = rows_of_figure("flow", query)
                assert {part: sum(row.parts[part] or 0 for row in rows) for part in whole} == whole, (name, every)


@pytest.mark.parametrize("every", [None, *get_args(Every)])
def test_a_period_that_holds_nothing_has_no_share_and_counts_nothing(database_url: str, every: Every | None) -> None:
    with filled(database_url, PROJECTIONS) as connection:
        query = question(connection, START, START + timedelta(days=9), every=every)
        for figure in FIGURES.values():
            if not isinstance(figure.reading, CountedFacts) or figure.judged == "at the present instant":
                continue
            rows = rows_of_figure(figure.name, query)
            assert len(rows) == (0 if figure.always_by else len(query.spans)), figure.name
            for row in rows:
                assert not row.value, (figure.name, row)
                assert row.value is None or row.denominator is None, (figure.name, row)
                assert (row.final, row.provisional, sum(row.left_out.values())) == (0, 0, 0)
