"""The late facts that are named are those without which a number of the report would be another one."""

import json
import random
from collections.abc import Sequence

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.ticket.commands import AddNote, RateSatisfaction, ReopenTicket, ResolveTicket, SendReply, StartWork
from projections.engine.past_histories import HistoriesThen
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.figures.answer import FigureAnswer, answer
from projections.figures.figure import Figure
from projections.figures.registry import FIGURES
from projections.issued_reports import explaining, pack_figures
from projections.issued_reports.changes import changes_since
from projections.issued_reports.differences import differences
from projections.issued_reports.issuing import PackRequest
from projections.issued_reports.late_facts import late_facts, published_for
from projections.issued_reports.pack_figures import PackQuestion, figures_of, projections_of
from projections.issued_reports.queries import Issue
from projections.scope.figure_query import FigureQuery
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.drawn_tickets import TicketDraw, drawn_tickets
from tests.support.examples import THOROUGH
from tests.support.issued_reports import AFTERWARDS, issued, publish, publish_pack
from tests.support.told import TENANT, Told, march, told

PACKS = {"daily": "2021-03-14", "weekly": "2020-W53", "monthly": "2021-03", "quarterly": "2021-Q1"}
COMPARED = tuple(PACKS) if THOROUGH else ("weekly",)
BEFORE, LATE = (150, 15) if THOROUGH else (60, 6)


class PlainlyWithout(HistoriesThen):
    """Histories without one event."""

    def __init__(self, connection: psycopg.Connection, up_to: int, left_out: int) -> None:
        super().__init__(connection, TENANT, up_to, None)
        self._left_out = left_out

    def of(self, history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
        return [event for event in super().of(history) if event.position != self._left_out]


def made_without(connection: psycopg.Connection, question: PackQuestion, left_out: int) -> str:
    """The report from the whole log, folded without one event."""
    projections = projections_of(question.pack)
    with connection.transaction(force_rollback=True):
        then = PlainlyWithout(connection, question.position, left_out)
        fold_temporarily(connection, TENANT, projections, question.position, then=then)
        return figures_of(connection, TENANT, TEMPORARY, question)


def test_the_late_facts_that_are_named_are_those_that_change_the_report_when_each_is_left_out(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "MOST_FIGURES", 100_000)
    monkeypatch.setattr(explaining, "FROM_THE_LOG", frozenset())  # without late facts of health, the numbers are right
    draw = TicketDraw(random.Random(7))  # noqa: S311 -- no secret
    facts, tickets = drawn.drawn_facts(draw, BEFORE), drawn_tickets(draw, BEFORE)
    drawn.hand_in(database_url, [*drawn.published(), *facts, *tickets])
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        follow(database_url)
        issues = [issued(desk, connection, PackRequest(name, PACKS[name])) for name in COMPARED]
        told_before = reader.head(connection, TENANT)
        more = list(drawn.drawn_facts(draw, LATE))[len(draw.customers) :]
        drawn.hand_in(database_url, [*more, *drawn_tickets(draw, LATE)])
        follow(database_url)
        head = reader.head(connection, TENANT)
        expected = [plainly(connection, issue, range(told_before + 1, head + 1)) for issue in issues]
        assert any(expected)
        assert [named(connection, issue) for issue in issues] == expected


def follow(dsn: str) -> None:
    catch_up(dsn, TENANT)


def named(connection: psycopg.Connection, issue: Issue) -> set[int]:
    return {fact.position for fact in changes_since(connection, TENANT, issue, AFTERWARDS).late.facts}


def plainly(connection: psycopg.Connection, issue: Issue, late: range) -> set[int]:
    """The events without which a number is another one, in a section that has changed since the issue."""
    question = issue.question(late[-1], AFTERWARDS)
    today = made_without(connection, question, 0)
    changed = {each.section for each in differences(issue.document, json.loads(today))}
    return {
        position
        for position in late
        if changed
        & {
            each.section
            for each in differences(json.loads(made_without(connection, question, position)), json.loads(today))
        }
    }


def test_a_late_note_on_a_ticket_that_was_resolved_late_explains_nothing(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    late = desk.ticket(march(4))
    desk.send(late, AddNote(body="seen", occurred_at=march(4, 1)))
    desk.send(late, ResolveTicket(resolution="done", occurred_at=march(4, 2)))
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert [fact.topic for fact in since.late.facts] == ["ticket.received", "ticket.resolved"]
    assert [fact.total for fact in since.late.facts] == [2, 2]


def test_facts_that_change_no_number_are_not_named(desk: Told, connection: psycopg.Connection) -> None:
    (open_ticket,) = desk.rows("select ticket from tickets where open")[0]
    issue = issued(desk, connection)
    desk.send(open_ticket, AddNote(body="seen", occurred_at=march(8, 23, 30)))
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert (since.differences, since.late) == ([], ([], 0))


def test_of_what_was_published_only_what_the_figures_that_differ_read_is_named(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    publish(desk, "activity", "tenant", {"days": 5})
    publish(desk, "settings", "tenant", {"zone": "UTC"})
    assert changes_since(connection, TENANT, issue, AFTERWARDS).late == ([], 0), "no number differs"
    desk.ticket(march(4))
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert [fact.facts.get("kind") for fact in since.late.facts if fact.relation == "definition"] == ["settings"]


@pytest.mark.parametrize(
    ("figure", "kinds"),
    [
        ("csat", set()),
        ("retention", {"activity"}),
        ("on-time", {"policy.published", "calendar.published"}),
        ("team-late", {"workforce", "policy.published", "calendar.published"}),
        ("renewal-chance", {"health", "policy.published", "calendar.published"}),
    ],
)
def test_a_figure_reads_settings_its_definitions_and_what_judges_its_clocks(figure: str, kinds: set[str]) -> None:
    assert published_for([FIGURES[figure]]) == {"settings", *kinds}


def test_an_event_that_only_ends_as_a_definition_does_is_an_event_of_the_period(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    ticket = desk.ticket(march(4))
    desk.follow()
    schema, period = schema_of(TENANT), issue.question(desk.head(), AFTERWARDS).period
    of_a_plug_in = f"update {schema}.audit_history set topic = 'menu.published' where stream = %s"
    connection.execute(of_a_plug_in, [ticket])
    facts, _ = late_facts(connection, schema, issue.facts.position, period, AFTERWARDS, ())
    assert [(each.topic, each.relation) for each in facts if each.stream == ticket] == [("menu.published", "within")]


@pytest.mark.parametrize("judged", [True, False])
def test_facts_that_take_more_figures_than_are_computed_are_named_as_they_are(
    desk: Told, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, *, judged: bool
) -> None:
    issue = issued(desk, connection)
    late = desk.ticket(march(4))
    desk.send(late, AddNote(body="seen", occurred_at=march(4, 1)))
    desk.send(late, SendReply(body="!", occurred_at=march(4, 2)))
    sections = {each.section for each in changes_since(connection, TENANT, issue, AFTERWARDS).differences}
    assert len(sections) > 1
    monkeypatch.setattr(explaining, "MOST_FIGURES", 4 * len(sections) - (not judged))
    topics = [fact.topic for fact in changes_since(connection, TENANT, issue, AFTERWARDS).late.facts]
    assert ("ticket.note_added" in topics) == (not judged)


def test_a_fact_is_judged_up_to_the_first_change_once_each_section_is_explained_and_a_bar_shows_it(
    desk: Told, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = issued(desk, connection)
    _, late = desk.ticket(march(4)), desk.ticket(march(4))
    desk.send(late, AddNote(body="seen", occurred_at=march(4, 1)))
    judged: list[tuple[int, int]] = []
    computed: list[str] = []

    def answering(figure: Figure, query: FigureQuery, position: int) -> FigureAnswer:
        computed.append(figure.name)
        return answer(figure, query, position)

    monkeypatch.setattr(pack_figures, "answer", answering)
    since = changes_since(connection, TENANT, issue, AFTERWARDS, lambda done, of: judged.append((done, of)))
    sections = {each.section for each in since.differences}
    assert [fact.topic for fact in since.late.facts] == 2 * ["ticket.received"]
    assert judged == [(number, 5) for number in range(1, 6)], "receipts, customers, and the note"
    assert len(sections) > 1
    assert len(computed) == len(issue.document["sections"]) + len(sections) + 1 + 3 * len(sections)


def test_facts_of_which_each_alone_would_do_are_named_together(desk: Told, connection: psycopg.Connection) -> None:
    """The ticket is open at the end of the week by its reopening, and by the work on it as well."""
    (resolved,) = desk.rows("select ticket from tickets where not open")[0]
    publish_pack(desk, "open-tickets")
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    desk.ticket(march(20))
    desk.send(resolved, ReopenTicket(reason="not yet", occurred_at=march(5)))
    desk.send(resolved, StartWork(occurred_at=march(6)))
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert {each.figure for each in since.differences} == {"open-tickets"}
    named = [fact.topic for fact in since.late.facts]
    assert named == ["ticket.reopened", "ticket.assigned", "ticket.work_started"]


def test_a_section_that_no_fact_alone_explains_gets_its_facts_also_where_another_section_has_one(
    desk: Told, connection: psycopg.Connection
) -> None:
    """A rating explains the satisfaction alone, the reopening and the work after it the backlog together."""
    (resolved,) = desk.rows("select ticket from tickets where not open")[0]
    publish_pack(desk, "csat", "open-tickets")
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    desk.send(resolved, RateSatisfaction(score=1, occurred_at=march(4)))
    desk.send(resolved, ReopenTicket(reason="not yet", occurred_at=march(5)))
    desk.send(resolved, StartWork(occurred_at=march(6)))
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert {each.figure for each in since.differences} == {"csat", "open-tickets"}
    named = [fact.topic for fact in since.late.facts]
    assert named == ["ticket.satisfaction_rated", "ticket.reopened", "ticket.assigned", "ticket.work_started"]
