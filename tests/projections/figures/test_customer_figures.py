"""The figures of customers equal plain Python over the same events, whoever merges and parts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.definitions.events import DefinitionPublished
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.feedback.table import FEEDBACK
from projections.figures.figure import CountedFacts, FigureRow
from projections.figures.registry import FIGURES
from projections.scope.figure_query import FigureQuery, Span
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE
from tests.support.customer_histories import WAVE, History, by_then, customer_logs
from tests.support.events import Fact, history
from tests.support.examples import examples
from tests.support.figure_answers import LONG_AGO, behind, question, rows_of_figure
from tests.support.filled import add, filled
from tests.support.plain_customers import PlainCustomers

READ = (TICKETS, CUSTOMERS, CUSTOMER_GROUPS, CUSTOMER_FACTS, CONTRACTS, USAGE, FEEDBACK)
HANOI = zone_named("Asia/Ho_Chi_Minh")
START, END = datetime(2025, 12, 31, 17, tzinfo=UTC), datetime(2026, 5, 31, 17, tzinfo=UTC)
OPENS, CLOSES = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
NOWS = (datetime(2026, 3, 20, 10, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
DAYS, VALID_DAYS = 60, 20


def published(kind: str, name: str, **body: Any) -> History:
    event = DefinitionPublished(kind=kind, name=name, version=1, effective_from=LONG_AGO, body=body)
    return history(Fact(LONG_AGO, event))


DEFINITIONS = [
    *published("activity", "tenant", days=DAYS),
    *published("upselling", "tenant", valid_days=VALID_DAYS, eligible=None),
    *published("nps-wave", WAVE, opens=OPENS.isoformat(), closes=CLOSES.isoformat()),
]


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, READ) as opened:
        yield opened


@contextmanager
def known(connection: psycopg.Connection, logs: list[History], now: datetime) -> Iterator[PlainCustomers]:
    """Tables with what had happened by an instant, and the same for plain Python."""
    histories = by_then(logs, now)
    with connection.transaction(force_rollback=True):
        add(connection, READ, *histories)
        yield PlainCustomers(histories, now, HANOI)


def asked(connection: psycopg.Connection, now: datetime, every: Any = None, **others: Any) -> FigureQuery:
    return question(connection, START, END, now=now, zone=HANOI, every=every, definitions=DEFINITIONS, **others)


def by_period(name: str, query: FigureQuery) -> list[tuple[Span, FigureRow]]:
    rows = rows_of_figure(name, query)
    assert [row.period for row in rows] == [span.label for span in query.spans]
    return list(zip(query.spans, rows, strict=True))


def ratio(row: FigureRow, *left_out: str) -> tuple[Any, ...]:
    return row.numerator, row.denominator, *(row.left_out[reason] for reason in left_out)


CASES = st.tuples(customer_logs(), st.sampled_from(NOWS), st.sampled_from([None, "week", "month", "quarter", "year"]))


def says(row: FigureRow) -> dict[str, Any]:
    reported = {name: row.parts[name] for name in ("promoters", "detractors", "answers")}
    margin = row.parts["margin"]
    return reported | {"margin": None if margin is None else pytest.approx(margin, abs=1e-6)}


def test_the_score_of_persons_of_organisations_and_of_tickets_is_that_of_plain_python(
    connection: psycopg.Connection,
) -> None:
    @settings(max_examples=examples(80))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            query = asked(connection, now, every)
            for reading, name in (("persons", "nps"), ("organisations", "nps-organisations")):
                for span, row in by_period(name, query):
                    expected = plain.nps(span)[reading]
                    assert sum(row.left_out.values()) == expected.pop("left_out")
                    assert expected == says(row)
                    assert (row.provisional == 0) == (span.end <= now or not row.parts["answers"])
            for span, row in by_period("nps-ticket", query):
                assert plain.nps_ticket(span) == says(row)

    the_same()


def test_a_wave_has_one_vote_a_person_and_tells_every_other_answer_beside(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(80))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            expected = plain.nps_wave(WAVE, OPENS, CLOSES)
            for reading, name in (("persons", "nps-wave"), ("organisations", "nps-wave-organisations")):
                rows = rows_of_figure(name, asked(connection, now, every))
                votes = [row.parts for row in rows]
                reported = {
                    part: sum(row[part] or 0 for row in votes) for part in ("promoters", "detractors", "answers")
                }
                assert reported == {part: expected[reading][part] for part in reported}
                if reading == "persons":
                    answers = [answer for answer in plain.answers() if START <= answer.occurred_at < END]
                    left = sum(sum(row.left_out.values()) for row in rows)
                    assert reported["answers"] + left == len(answers)
                assert all((row.provisional == 0) == (now >= CLOSES or not row.parts["answers"]) for row in rows)

    the_same()


def test_who_bought_again_and_who_stayed_are_those_of_plain_python(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(80))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            query = asked(connection, now, every)
            for span, row in by_period("repeat-purchase", query):
                assert ratio(row, "returned") == plain.repeat_purchase(span)
            for span, row in by_period("returning-buyers", query):
                assert ratio(row, "returned") == plain.returning_buyers(span)
            for span, row in by_period("retention", query):
                assert (*ratio(row), row.parts["at_end"]) == plain.retention(span, DAYS)
                assert row.parts["at_end"] == (row.parts["retained"] or 0) + (row.parts["won"] or 0)

    the_same()


def test_offers_are_those_of_plain_python(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(80))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            query = asked(connection, now, every)
            for span, row in by_period("upsell", query):
                expected = plain.upsell(span, VALID_DAYS)
                assert {name: row.parts[name] for name in expected} == expected
                assert row.final == row.denominator
            for span, row in by_period("upsell-customers", query):
                assert ratio(row) == plain.upsell_customers(span, VALID_DAYS)
            for span, row in by_period("upsell-eligible", query):
                assert ratio(row, "not_eligible") == plain.upsell_eligible(span)
            reported = {(row.period, row.of["currency"]): ratio(row) for row in rows_of_figure("upsell-value", query)}
            assert reported == {
                (span.label, currency): sums
                for span in query.spans
                for currency, sums in plain.upsell_value(span).items()
            }

    the_same()


def test_every_term_that_is_due_is_renewed_or_lapsed_or_terminated_or_open(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(80))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            query = asked(connection, now, every)
            values: dict[Any, list[int]] = {}
            rows = {row.period: row for row in rows_of_figure("renewal", query)}
            for span in replace(query, now=NOWS[-1]).spans:  # terms are due in periods that have not begun, too
                due = plain.due(plain.day(span.start), plain.day(span.end) - plain.day(span.end).resolution)
                row = rows.get(span.label)
                if row is None:
                    assert not due
                    continue
                became = Counter(term.became for term in due) + Counter(term.renewed_when for term in due)
                assert row.parts == {"due": len(due)} | {name: became[name] for name in list(row.parts)[1:]}
                parts = {name: number or 0 for name, number in row.parts.items()}
                assert parts["due"] == sum(parts[name] for name in ("renewed", "lapsed", "terminated", "open"))
                assert parts["renewed"] == sum(parts[name] for name in ("early", "on_time", "late"))
                assert row.provisional == parts["open"]
                for term in due:
                    if term.became != "renewed" or term.new_currency == term.currency:
                        sums = values.setdefault((span.label, term.currency), [0, 0])
                        sums[0] += min(term.value, term.new_value) if term.became == "renewed" else 0
                        sums[1] += term.value
            reported = {
                (row.period, row.of["currency"]): [row.numerator, row.denominator]
                for row in rows_of_figure("renewal-value", query)
                if row.parts["terms"]
            }
            assert reported == values

    the_same()


def test_feedback_is_counted_by_theme_and_polarity_in_every_spelling(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(60))
    @given(CASES)
    def the_same(case: tuple[list[History], datetime, Any]) -> None:
        logs, now, every = case
        with known(connection, logs, now) as plain:
            query = asked(connection, now, every, by=("theme",))
            rows = rows_of_figure("voice-of-customers", query)
            assert len({(row.period, row.of["theme"]) for row in rows}) == len(rows)
            for span in query.spans:
                of_span = [row for row in rows if row.period == span.label]
                reported = Counter(
                    {
                        (row.of["theme"], polarity): row.parts[polarity] or 0
                        for row, polarity in product(of_span, ("positive", "neutral", "negative"))
                    }
                )
                assert sorted((+reported).values()) == sorted(plain.voice(span.start, span.end).values())

    the_same()


def test_the_drill_down_of_each_part_has_as_many_facts_as_the_part_says(connection: psycopg.Connection) -> None:
    figures = [
        figure
        for figure in FIGURES.values()
        if isinstance(figure.reading, CountedFacts)
        and {*figure.projections} <= {*READ}
        and figure.name != "renewal-chance"
    ]

    @settings(max_examples=examples(30))
    @given(customer_logs(), st.sampled_from(NOWS))
    def as_many(logs: list[History], now: datetime) -> None:
        with known(connection, logs, now):
            for figure in figures:
                if figure.judged == "at the present instant" or figure.always_by:
                    continue
                (row,) = rows_of_figure(figure.name, asked(connection, now))
                assert isinstance(figure.reading, CountedFacts)
                for part in figure.reading.parts:
                    if (
                        part.aggregate.startswith("count(*)")
                        and part.aggregate.endswith(")")
                        and "-" not in part.aggregate
                    ):
                        facts = behind(figure.name, part.name, asked(connection, now))
                        assert len(facts) == row.parts[part.name], (figure.name, part.name)

    as_many()
