"""What comes in, goes out or stays: the figures of drawn facts keep the laws of conservation at every border."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, pairwise
from pathlib import Path
from typing import get_args

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.ticket import events as e
from domain.zones import zone_named
from projections.figures.answer import answer, subjects
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES
from projections.scope.exclusions import NOT_AS_RESOLVED
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.drawn_tickets import TicketDraw, drawn_tickets
from tests.support.examples import THOROUGH
from tests.support.exported_events import exported_histories
from tests.support.exported_files import exported_to
from tests.support.laws_of_figures import VALUES, must_keep_its_laws
from tests.support.plain_figures import PlainFigures
from tests.support.told import TENANT

COUNT = 1_500 if THOROUGH else 400
CASES = [(every, zone) for every in get_args(Every) for zone in drawn.ZONES]


@pytest.fixture(scope="module")
def dsn(shared_database_url: str) -> str:
    """A log with drawn facts and tickets, reopened, merged and cancelled in any order."""
    draw = TicketDraw(random.Random(7))  # noqa: S311 -- no secret
    facts, tickets = drawn.drawn_facts(draw, COUNT), drawn_tickets(draw, COUNT)
    drawn.hand_in(shared_database_url, [*drawn.published(), *facts, *tickets])
    catch_up(shared_database_url, TENANT)
    return shared_database_url


@pytest.fixture(scope="module")
def connection(dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn, autocommit=True) as opened:
        yield opened


def question(connection: psycopg.Connection, every: Every, zone: str, by: tuple[str, ...] = ()) -> FigureQuery:
    """From before the first fact on."""
    days = Period(drawn.FIRST - timedelta(days=8), drawn.LAST, zone_named(zone), drawn.YEAR_BEGINS)
    position = reader.head(connection, TENANT)
    definitions = reader.definitions(connection, TENANT, position)
    return FigureQuery(
        connection,
        "tenant_default",
        drawn.NOW,
        days,
        every,
        by,
        tenant=TENANT,
        definitions=definitions,
        position=position,
    )


def rows(
    connection: psycopg.Connection, figure: str, every: Every, zone: str, by: tuple[str, ...] = ()
) -> list[FigureRow]:
    return list(answer(FIGURES[figure], question(connection, every, zone, by), reader.head(connection, TENANT)).rows)


def part(row: FigureRow, *names: str) -> float:
    return sum(row.parts[name] or 0 for name in names)


@pytest.mark.parametrize(("every", "zone"), CASES)
def test_the_backlog_at_a_border_is_that_before_it_and_what_came_in_less_what_went_out(
    connection: psycopg.Connection, every: Every, zone: str
) -> None:
    opened, crossed = (rows(connection, name, every, zone) for name in ("open-tickets", "flow"))
    assert sum(row.parts["left"] or 0 for row in crossed) > 10
    for (before, after), flow in zip(pairwise(opened), crossed[1:], strict=True):
        assert after.value == (before.value or 0) + part(flow, "entered") - part(flow, "left"), after.period
        assert flow.value == part(flow, "entered") - part(flow, "left")


@pytest.mark.parametrize(("every", "zone"), CASES)
def test_offers_terms_and_customers_are_conserved_from_period_to_period(
    connection: psycopg.Connection, every: Every, zone: str
) -> None:
    for before, after in pairwise(rows(connection, "upsell", every, zone)):
        decided = part(after, "accepted", "declined", "expired")
        assert part(after, "open") == part(before, "open") + part(after, "made") - decided, after.period
    for row in rows(connection, "renewal", every, zone):
        assert part(row, "due") == part(row, "renewed", "lapsed", "terminated", "open")
        assert part(row, "renewed") == part(row, "early", "on_time", "late")
    for before, after in pairwise(rows(connection, "retention", every, zone)):
        assert part(before, "at_end") == part(after, "at_start"), after.period


@pytest.mark.parametrize(("every", "zone"), CASES)
def test_due_terms_are_conserved_under_every_dimension(connection: psycopg.Connection, every: Every, zone: str) -> None:
    """The groups by a dimension of which each person has one value add up to the whole."""
    whole = {row.period: row.parts for row in rows(connection, "renewal", every, zone)}
    for dimension in FIGURES["renewal"].dimensions:
        sums: dict[date | None, Counter[str]] = {}
        for row in rows(connection, "renewal", every, zone, (dimension,)):
            must_keep_its_laws("renewal", row)
            sums.setdefault(row.period, Counter()).update(
                {name: int(number or 0) for name, number in row.parts.items()}
            )
        if dimension != "segment":
            assert sums == {period: parts for period, parts in whole.items() if parts["due"]}, dimension


@pytest.mark.parametrize(
    ("zone", "dimension"), list(zip(drawn.ZONES, cycle(FIGURES["renewal"].dimensions), strict=False))
)
def test_the_terms_behind_due_are_those_behind_its_parts(
    connection: psycopg.Connection, zone: str, dimension: str
) -> None:
    renewal, whole = FIGURES["renewal"], question(connection, "month", zone)
    for row in rows(connection, "renewal", "year", zone, (dimension,)):
        within = Period(row.period, min(year_end(row.period), drawn.LAST), whole.period.zone, drawn.YEAR_BEGINS)
        of_group = replace(whole, period=within, every=None, where=row.of)
        behind = {part: subjects(renewal, of_group, part, limit=COUNT) for part in renewal.part_names}
        assert {part: len(terms) for part, terms in behind.items()} == row.parts, row
        became = [term for part in ("renewed", "lapsed", "terminated", "open") for term in behind[part]]
        assert sorted(became) == sorted(behind["due"]), row
        renewed = [term for part in ("early", "on_time", "late") for term in behind[part]]
        assert sorted(renewed) == sorted(behind["renewed"]), row


def year_end(first: date | None) -> date:
    """The last day of the tenant's year that holds a day."""
    assert first is not None
    begins = drawn.YEAR_BEGINS
    year = first.year + (first.month >= begins)
    return date(year, begins, 1) - timedelta(days=1)


def test_each_figure_keeps_the_sums_of_its_parts_in_every_partition_of_time(connection: psycopg.Connection) -> None:
    assert VALUES.keys() == FIGURES.keys()
    over_periods = [name for name, figure in FIGURES.items() if figure.judged != "at the present instant"]
    for number, name in enumerate(over_periods):
        for every, zone in (CASES[number % len(CASES)], CASES[(number * 7 + 3) % len(CASES)]):
            for row in rows(connection, name, every, zone):
                must_keep_its_laws(name, row)


def test_the_figures_of_resolved_tickets_have_one_population(connection: psycopg.Connection) -> None:
    """Each says the same of who is left out, and all tickets with a resolution count or are told beside."""
    for every, zone in CASES:
        handled = rows(connection, "handling-time", every, zone)
        for name in ("effort", "expected-by", "fcr", "fcr-gross", "response-rate", "reopen-rate"):
            for ours, other in zip(handled, rows(connection, name, every, zone), strict=True):
                assert all(ours.left_out[reason] == other.left_out[reason] for reason in NOT_AS_RESOLVED), (name, ours)
        for ours, other in zip(handled, rows(connection, "expected-by", every, zone), strict=True):
            assert ours.parts["resolved"] == part(other, "told") + other.left_out["no_date"]
            assert ours.left_out["open_again"] == other.left_out["open_again"]


def test_the_backlog_of_each_day_is_what_plain_python_makes_of_the_exported_events(
    dsn: str, connection: psycopg.Connection, tmp_path: Path
) -> None:
    histories = exported_histories(exported_to(dsn, tmp_path / "events.jsonl", "events", "jsonl"))
    tickets: list[list[RecordedEvent]] = [of for of in histories if isinstance(of[0].payload, e.TicketReceived)]
    plain = PlainFigures(tickets, drawn.LONG_AGO, drawn.NOW)
    for zone in drawn.ZONES:
        days = Period(drawn.FIRST, drawn.LAST, zone_named(zone))
        spans = FigureQuery(connection, "tenant_default", drawn.NOW, days, "day").spans
        reported = {row.period: row.value for row in rows(connection, "open-tickets", "day", zone)}
        for span in spans:
            assert span.label is not None
            assert reported[span.label] == plain.backlog(span.judged_at), (zone, span)
