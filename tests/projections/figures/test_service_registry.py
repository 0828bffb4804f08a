"""The figures of the registry equal the tables of the reports and plain Python over the same events."""

from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.ticket.events import TicketReopened
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import CountedFacts
from projections.figures.registry import FIGURES
from projections.first_contact.queries import VARIANTS
from projections.sla.queries import compliance, open_clocks
from tests.support import compared_reports
from tests.support.compared_reports import EVERYTHING, LATER, PROJECTIONS, expected
from tests.support.events import OTHER_TICKET, TICKET, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import SCHEMA, add, filled
from tests.support.histories import logs, returns, streams_of
from tests.support.plain_figures import PlainFigures

READ = (*PROJECTIONS, CUSTOMERS, CUSTOMER_GROUPS)
FCR = dict(zip(("fcr", "fcr-gross", "fcr-one-touch", "fcr-no-recontact", "fcr-one-owner", "fcr-customer-confirmed"),
               VARIANTS, strict=True))  # fmt: skip


def plain_rows(plain: PlainFigures) -> dict[str, tuple[Any, Any]]:
    """The numerator and the denominator of each share."""
    shown = expected(plain)
    return {
        "csat": shown["satisfaction"]["satisfied"],
        "reopen-rate": shown["reopenings"]["reopened"],
        "repeat-contact": shown["repeat_contacts"]["repeated"],
        "effort": (shown["handling_time"]["effort"], shown["handling_time"]["handled"]),
        **{name: shown["first_contact"][variant] for name, variant in FCR.items()},
    }


def test_every_share_is_what_plain_python_makes_of_the_same_events(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(120))
        @given(logs(max_size=9).map(streams_of) | returns())
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                query = question(connection, EVERYTHING.start, EVERYTHING.end)
                plain = PlainFigures(tickets, EVERYTHING.start, EVERYTHING.end)
                for name, (numerator, denominator) in plain_rows(plain).items():
                    row = the_row(name, query)
                    assert (row.numerator, row.denominator) == (numerator, denominator), name
                handled = the_row("handling-time", query)
                assert handled.parts["resolved"] == expected(plain)["handling_time"]["resolved"]
                assert handled.left_out == expected(plain)["handling_time"]["left_out"]
                rated = the_row("response-rate", query)
                responses = expected(plain)["satisfaction"]["responses"]
                reported = rated.parts["answered"], rated.parts["answered_later"]
                assert (sum(part or 0 for part in reported), rated.denominator) == responses

        the_same()


def test_the_drill_down_of_each_part_has_as_many_facts_as_the_part_says(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(30))
        @given(logs(max_size=9).map(streams_of) | returns())
        def as_many(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                query = question(connection, EVERYTHING.start, EVERYTHING.end)
                for name, figure in FIGURES.items():
                    if not isinstance(figure.reading, CountedFacts) or not set(figure.projections) <= set(READ):
                        continue
                    row = the_row(name, query) if figure.judged != "at the present instant" else None
                    for part in figure.reading.parts:
                        if row is None or not part.aggregate.startswith("count("):
                            continue
                        facts = behind(name, part.name, query)
                        if part.of_persons:
                            assert len({fact.customer for fact in facts}) == row.parts[part.name]
                        elif "-" not in part.aggregate:
                            assert len(facts) == row.parts[part.name], (name, part.name)

        as_many()


def test_the_promises_are_those_of_the_report(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(60))
        @given(logs(max_size=9).map(streams_of) | returns())
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                query = question(connection, EVERYTHING.start, EVERYTHING.end)
                reported = {row.target: row for row in compliance(connection, SCHEMA, EVERYTHING)}
                for target in ("first_response", "next_response", "resolution"):
                    row, of_report = the_row(f"sla-{target.replace('_', '-')}", query), reported.get(target)
                    counts = (of_report.met, of_report.breached, of_report.cancelled) if of_report else (0, 0, 0)
                    assert (row.parts["met"], row.parts["breached"], row.left_out["cancelled"]) == counts
                still: dict[str | None, Any] = {
                    figures.target: figures for figures in open_clocks(connection, SCHEMA, now=LATER)
                }
                by_target = question(
                    connection, EVERYTHING.start, EVERYTHING.end + compared_reports.ONE_DAY, now=LATER, by=("target",)
                )
                late = {row.of["target"]: row for row in rows_of_figure("sla-late", by_target)}
                assert late.keys() == still.keys()
                for name, row in late.items():
                    figures = still[name]
                    assert (row.parts["open"], row.parts["paused"], row.value) == (
                        figures.open, figures.paused, figures.late,
                    )  # fmt: skip

        the_same()


@pytest.mark.parametrize("minute", [0, 60, 60 * 24 * 10, 60 * 24 * 40])
def test_the_backlog_at_an_instant_and_its_flow_hold_the_law(database_url: str, minute: int) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(30))
        @given(logs(max_size=9).map(streams_of))
        def hold(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                plain = PlainFigures(tickets, EVERYTHING.start, EVERYTHING.end)
                at = instant(minute)
                query = question(connection, EVERYTHING.start, at + compared_reports.ONE_DAY, now=at)
                assert the_row("open-tickets", query).value == plain.backlog(at)
                assert the_row("flow", query).value == _backlog_at_the_end(connection, query)

        hold()


def apart(received_at: tuple[int, int], reopened_at: tuple[int, int]) -> list[list[RecordedEvent]]:
    """Two open tickets, with the minutes of their receipts and of their reopenings."""
    minutes = zip((TICKET, OTHER_TICKET), received_at, reopened_at, (1, 11), strict=True)
    return [
        history(
            at(first, received()), at(9, resolved()), at(last, TicketReopened()), ticket=ticket, first_position=position
        )
        for ticket, first, last, position in minutes
    ]


TEN_DAYS = 10 * 24 * 60
"""In minutes."""


def test_the_backlog_of_many_days_that_is_read_at_once_is_that_of_each_day_alone(database_url: str) -> None:
    dimensions = FIGURES["open-tickets"].dimensions
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(40))
        @given(
            logs(max_size=9).map(streams_of),
            st.integers(0, 31 * 24 * 60),
            st.sets(st.sampled_from(dimensions), max_size=2),
            st.sampled_from([{}, {"team": None}, {"team": "BILLING"}, {"agent": None, "state": "in_progress"}]),
        )
        @example(apart((0, 1), (20, 20)), TEN_DAYS, set(), {})
        @example(apart((0, 1), (20, 20)), 1 + 3 * TEN_DAYS, set(), {})
        @example(apart((0, 0), (20, 21)), 20 + TEN_DAYS, set(), {})
        @example(apart((0, 0), (20, 21)), 21 + 3 * TEN_DAYS, set(), {})
        def each_day(tickets: list[list[RecordedEvent]], minute: int, by: set[str], where: Any) -> None:
            now = instant(minute)
            options: dict[str, Any] = {"by": tuple(by), **where}
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                days = question(connection, now - 3 * compared_reports.ONE_DAY, now, now=now, every="day", **options)
                together = rows_of_figure("open-tickets", days)
                for span in days.spans:
                    alone = question(connection, span.start, span.end, now=now, **options)
                    rows = [row._replace(period=span.label) for row in rows_of_figure("open-tickets", alone)]
                    assert [row for row in together if row.period == span.label] == rows

        each_day()


def _backlog_at_the_end(connection: psycopg.Connection, query: Any) -> Any:
    end = query.scope.end
    return the_row("open-tickets", question(connection, query.scope.start, end)).value
