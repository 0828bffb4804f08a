"""A word that is written otherwise is the same word: reports, filters and drill-downs agree in every spelling."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from domain.command_context import Actor
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.ticket import events as e
from projections.audit.queries import HistoryFilter, history_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.backlog.flow import crossings
from projections.backlog.queries import Workload, backlog, backlog_tickets, workload
from projections.backlog.table import BACKLOG
from projections.figures.service_reports import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import first_contact_resolution, first_contact_tickets, repeat_rate
from projections.first_contact.table import FIRST_CONTACT
from projections.registry import PROJECTIONS
from projections.scope.report_scope import Dimension, ReportScope
from projections.sla.queries import clocks_behind, compliance, open_clocks
from projections.tickets.queries import tickets
from projections.tickets.table import TICKETS, StoredTicket
from projections.what_if.judging import Count
from projections.what_if.report import in_one_spelling
from tests.support.events import OTHER_TICKET, START, THIRD_TICKET, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import question_of
from tests.support.filled import SCHEMA, add, filled
from tests.support.folded import fold, rows_of, values
from tests.support.histories import logs, streams_of
from tests.support.respelling import respelled

WORDS = {"a": "Hạnh", "b": "Tổ hóa đơn - 2", "c": "third"}
GROUPINGS: list[tuple[Dimension, ...]] = [
    (), ("team",), ("agent",), ("priority",), ("category",), ("channel",), ("team", "agent")
]  # fmt: skip
OF_TICKETS = [projection for projection in PROJECTIONS if projection.reads("ticket")]
LATER = START + timedelta(days=200)
NFC, NFD = normalize("NFC", "Hạnh"), normalize("NFD", "Hạnh")

Log = list[RecordedEvent]


@st.composite
def two_spellings(draw: st.DrawFn) -> tuple[Log, Log]:
    """A log whose words are written in one way, and the same log with each of them written in any way."""
    plain: Log = []
    other: Log = []
    for event in draw(logs(max_size=8)):
        payload = event.payload
        words = {
            field: WORDS.get(word, word)
            for field in ("team", "agent", "category", "to", "code", "channel")
            if isinstance(word := getattr(payload, field, None), str)
        }
        if isinstance(payload, e.TicketReceived):
            words["external_reference"] = "số 7"
        spelled = {field: draw(respelled(word)) for field, word in words.items()}
        plain.append(event._replace(payload=payload.model_copy(update=words)))
        other.append(event._replace(payload=payload.model_copy(update=spelled)))
    return plain, other


def folded(figures: object) -> Any:
    """Figures with every text folded, and every object of fields in an order that spellings do not change."""
    plain = to_jsonable_python(figures)
    if isinstance(plain, dict):
        return {name: folded(value) for name, value in plain.items()}
    if isinstance(plain, list):
        return [folded(value) for value in plain]
    return fold_name(plain) if isinstance(plain, str) else plain


def everything_reported(connection: psycopg.Connection, log: Log) -> dict[str, Any]:
    """Every report by every dimension, and what a filter finds by every word."""
    figures_by_name: dict[str, list[object]] = {}
    with connection.transaction(force_rollback=True):
        add(connection, OF_TICKETS, *streams_of(log))
        for name, figures in _reports(connection):
            figures_by_name[name] = [
                asdict(figure) if not isinstance(figure, BaseModel) else figure.model_dump() for figure in figures
            ]
    return {name: folded(figures) for name, figures in figures_by_name.items()}


def _reports(connection: psycopg.Connection) -> Iterator[tuple[str, Sequence[Any]]]:
    for by in GROUPINGS:
        scope = ReportScope(START - timedelta(days=9), LATER, every="month", by=by)
        yield f"handling {by}", handling_time(question_of(connection, scope))
        yield f"satisfaction {by}", satisfaction(question_of(connection, scope))
        yield f"reopened {by}", reopen_rate(question_of(connection, scope))
        yield f"first contact {by}", first_contact_resolution(connection, SCHEMA, scope, now=LATER)
        yield f"compliance {by}", compliance(connection, SCHEMA, scope)
        yield f"open clocks {by}", open_clocks(connection, SCHEMA, now=LATER, by=by)
        for minute in (0.5, 60 * 24):
            groups = backlog(connection, SCHEMA, instant(minute), by=by)
            yield f"backlog at {minute} {by}", sorted(groups, key=lambda group: str(folded(list(group.of.values()))))
    yield "repeat rate", [repeat_rate(connection, SCHEMA, START - timedelta(days=9), LATER, now=LATER)]
    yield "workload", workload(connection, SCHEMA, LATER)
    for dimension in ("team", "agent", "category", "channel"):
        for word in (*WORDS.values(), None):
            where: dict[Any, Any] = {dimension: word}
            scope = ReportScope(START - timedelta(days=9), LATER, where=where)
            label = f"{dimension} {word}"
            listed = tickets(connection, SCHEMA, where, limit=9).tickets
            yield f"tickets of {label}", [Workload(str(row.ticket), row.state, row.team_changes) for row in listed]
            yield f"judged of {label}", first_contact_tickets(connection, SCHEMA, scope, now=LATER, variant="gross")
            open_then = backlog_tickets(connection, SCHEMA, instant(60), where, limit=9)
            yield f"open of {label}", [Workload(str(row.ticket), row.state, 1) for row in open_then]
            crossed = crossings(connection, SCHEMA, START, LATER, ["received", "resolved"], where=where, limit=99)
            yield f"crossed of {label}", crossed
            late = clocks_behind(connection, SCHEMA, scope, now=LATER, part="late", target="resolution")
            yield f"late of {label}", late
    listed = tickets(connection, SCHEMA, {"external_reference": "số  7"}, limit=9).tickets
    yield "tickets of a reference", [Workload(str(row.ticket), None, 1) for row in listed]


@given(two_spellings())
def test_rows_are_the_same_in_every_spelling_but_for_the_words(spellings: tuple[Log, Log]) -> None:
    keys = {"folded", "external_reference_key"}
    for projection in (TICKETS, FIRST_CONTACT):
        rows = [
            [
                {name: value for name, value in values(row).items() if name not in keys}
                for stream in streams_of(log)
                for row in fold(projection, stream)
            ]
            for log in spellings
        ]
        assert folded(rows[1]) == folded(rows[0])


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(two_spellings())
def test_reports_are_the_same_in_every_spelling(database_url: str, spellings: tuple[Log, Log]) -> None:
    plain, other = spellings
    with filled(database_url, OF_TICKETS) as connection:
        assert everything_reported(connection, other) == everything_reported(connection, plain)


def test_who_is_written_otherwise_is_no_other_team_and_no_other_owner() -> None:
    assigned = [e.TicketAssigned(team=written, agent=written) for written in (NFC, NFD)]
    facts = [at(minute, assignment) for minute, assignment in enumerate(assigned, start=1)]
    ticket = history(at(0, received()), *facts, at(9, resolved()))
    (judged,) = fold(FIRST_CONTACT, ticket)
    (row,) = rows_of(StoredTicket, TICKETS, ticket)
    assert (judged.on_first_contact, judged.one_owner) == (True, True)
    assert (row.team_changes, row.agent_changes) == (1, 1)
    assert (row.agent, row.folded) == (NFD, [NFC, NFC, "P2", "billing", "email"])


def assigned_to(agent: str, number: int) -> Log:
    held = at(number, e.TicketAssigned(team="L1", agent=agent))
    return history(at(0, received()), held, ticket=[OTHER_TICKET, THIRD_TICKET][number - 1], first_position=number * 10)


def test_the_open_tickets_of_one_person_are_one_row_however_the_name_is_written(database_url: str) -> None:
    with filled(database_url, [TICKETS, BACKLOG], assigned_to(NFC, 1), assigned_to(NFD, 2)) as connection:
        (row,) = workload(connection, SCHEMA, instant(9))
        assert (row.tickets, row.agent) == (2, min(NFC, NFD))
        for written in (NFC, NFD, f" {NFC}\u00a0"):
            assert len(tickets(connection, SCHEMA, {"agent": written}, limit=9).tickets) == 2
        shown = {ticket.agent for ticket in tickets(connection, SCHEMA, {}, limit=9).tickets}
    assert shown == {NFC, NFD}


def test_a_report_shows_one_spelling_in_all_its_periods(database_url: str) -> None:
    of = [
        history(at(0, received(category=written)), at(day * 60 * 24, resolved()), ticket=ticket, first_position=day)
        for day, written, ticket in ((1, NFC, OTHER_TICKET), (2, NFD, THIRD_TICKET))
    ]
    scope = ReportScope(START, LATER, every="day", by=("category",))
    with filled(database_url, [TICKETS], *of) as connection:
        handling = handling_time(question_of(connection, scope))
    assert [(figures.period.day, figures.of) for figures in handling if figures.period] == [
        (3, {"category": min(NFC, NFD)}),
        (4, {"category": min(NFC, NFD)}),
    ]


@pytest.mark.parametrize(("again", "repeated"), [("hóa  đơn", 1), ("hóa đơn 2", 0)])
def test_a_customer_comes_back_with_the_same_category_in_any_spelling(
    database_url: str, again: str, repeated: int
) -> None:
    first = history(at(0, received(category="hóa đơn")), at(5, resolved()))
    second = history(at(60, received(category=normalize("NFD", again))), ticket=OTHER_TICKET, first_position=10)
    scope = ReportScope(START, LATER)
    with filled(database_url, [FIRST_CONTACT], first, second) as connection:
        rate = repeat_rate(connection, SCHEMA, START, LATER, now=LATER)
        (judged,) = first_contact_tickets(connection, SCHEMA, scope, now=LATER, variant="gross")
    assert rate.repeated.numerator == repeated
    assert judged.came_back_as == (OTHER_TICKET if repeated else None)


def test_a_code_that_no_first_level_can_resolve_counts_in_any_case(database_url: str) -> None:
    ticket = history(at(0, received()), at(5, resolved(code="Hardware")))
    with filled(database_url, [FIRST_CONTACT], ticket) as connection:
        (judged,) = first_contact_tickets(connection, SCHEMA, ReportScope(START, LATER), now=LATER, variant="gross")
    assert not judged.resolvable


def test_an_actor_is_found_in_every_spelling(database_url: str) -> None:
    by = [Actor(id=written, kind="agent") for written in (NFC, NFD, "Hanh")]
    ticket = history(*(at(minute, e.NoteAdded(body="n"), by=actor) for minute, actor in enumerate(by)))
    with filled(database_url, [AUDIT_HISTORY], ticket) as connection:
        for written in (NFC, NFD):
            assert [
                entry.version for entry in history_of(connection, SCHEMA, HistoryFilter(actor=written)).entries
            ] == [1, 2]


def test_the_backlog_is_asked_for_by_a_state_in_any_case(database_url: str) -> None:
    with filled(database_url, OF_TICKETS, assigned_to(NFC, 1)) as connection:
        assert backlog(connection, SCHEMA, LATER, where={"state": "ASSIGNED"})[0].tickets == 1


def test_what_if_counts_a_team_once_however_it_is_written() -> None:
    def count(team: str | None) -> Count:
        return Count("team", team, "resolution", 0, "met")

    counts = {count(NFC): 2, count(NFD): 3, count("Hanh"): 4, count(None): 5}
    assert in_one_spelling(counts) == {count(min(NFC, NFD)): 5, count("Hanh"): 4, count(None): 5}
