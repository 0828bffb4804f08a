"""Reports of record: how they are made again, and what explains that they changed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.contract.commands import RenewContract, SignContract
from domain.customer.commands import AddAddress, MergeCustomer, RekeyAddress
from domain.customer.facts.commands import AnswerNps
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.feedback.commands import NoteFeedback
from domain.ids import new_id
from domain.program_version import versions_in_use
from domain.report_pack.built_in import BUILT_IN_PACKS
from domain.ticket.commands import RateSatisfaction, ResolveTicket
from projections.engine.rebuild import rebuild
from projections.issued_reports.canonical import sha256
from projections.issued_reports.changes import changes_since
from projections.issued_reports.issuing import PackRequest
from projections.issued_reports.late_facts import late_facts
from projections.issued_reports.other_versions import OtherVersions
from projections.issued_reports.pack_figures import projections_of
from projections.issued_reports.queries import issue_of, issued_reports
from projections.issued_reports.verification import verify
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.tickets.table import TICKETS
from tests.support.issued_reports import (
    AFTERWARDS,
    WEEK,
    computed,
    issued,
    publish,
    publish_pack,
    publish_pack_of_a_segment,
)
from tests.support.told import LONG_AGO, Told, march


def test_a_report_is_made_again_byte_for_byte_whatever_came_later(desk: Told, connection: psycopg.Connection) -> None:
    issue = issued(desk, connection)
    late = desk.ticket(march(4))
    desk.send(late, ResolveTicket(resolution="done", occurred_at=march(4, 1)))
    desk.policy({"name": "x", "rules": [{"resolution": "1m"}]})
    publish(desk, "settings", "tenant", {"zone": "UTC", "year_begins": 4})
    desk.follow()
    counted: list[int] = []
    verification = verify(connection, "default", issue, counted.append)
    assert sum(counted) == issue.facts.position, "a progress bar shows the events up to the issue"
    assert verification.equal
    assert verification.made_again == issue.facts.sha256
    assert verification.differences == []


def test_a_figure_that_judges_customers_from_the_log_is_made_again_from_what_was_known_at_the_issue(
    desk: Told, connection: psycopg.Connection
) -> None:
    publish_pack_of_a_segment(desk)
    desk.follow()
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    desk.ticket(LONG_AGO)
    desk.follow()
    assert verify(connection, "default", issue).equal
    changed = changes_since(connection, "default", issue, AFTERWARDS).differences
    assert {each.name: (each.before, each.after) for each in changed} == {
        "value": (None, 0), "eligible": (0, 1), "final": (0, 1)
    }  # fmt: skip


def test_a_report_is_made_again_byte_for_byte_after_an_erasure_new_keys_of_addresses_and_a_rebuild(
    desk: Told, connection: psycopg.Connection
) -> None:
    """No figure counts a personal value, so an erasure leaves each report, and today's figures, as they were told."""
    (customer, ticket) = desk.rows("select customer, ticket from tickets where not open")[0]
    desk.send(customer, AddAddress(channel="phone", handle="0901 234 567", occurred_at=march(2)))
    said = {"customer_id": customer, "theme": "price", "polarity": "negative", "occurred_at": march(3)}
    desk.send(new_id(), NoteFeedback.model_validate(said | {"quote": "too dear"}))
    desk.send(customer, AnswerNps(score=9, comment="good", occurred_at=march(3)))
    issues = [
        issued(desk, connection, PackRequest(*of, "UTC")) for of in (("weekly", "2026-W10"), ("quarterly", "2026-Q1"))
    ]
    publish(desk, "settings", "tenant", {"zone": "UTC", "language": "en"})
    desk.send(customer, RekeyAddress(channel="phone", handle="0901 234 567", occurred_at=march(20)))
    desk.erase(customer, [(customer, "customer"), (ticket, "ticket")], march(21))
    desk.follow()
    rebuild(desk.dsn, "default", PROJECTIONS, views=VIEWS)
    for issue in issues:
        assert verify(connection, "default", issue).equal
        assert changes_since(connection, "default", issue, AFTERWARDS).differences == []


def test_a_report_whose_figures_come_out_otherwise_differs_and_says_where(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    (figures,) = [issue.facts.figures.replace('"satisfied":1', '"satisfied":2')]
    altered = issue._replace(
        facts=issue.facts.model_copy(update={"figures": figures, "projections": ("tickets version 0",)})
    )
    verification = verify(connection, "default", altered)
    assert not verification.equal
    assert [(each.figure, each.name, each.before, each.after) for each in verification.differences] == [
        ("csat", "satisfied", 2, 1)
    ]
    assert "tickets version 0" in verification.otherwise_folded
    assert verification.cause == "altered"
    same_figures = issue._replace(facts=issue.facts.model_copy(update={"sha256": "0" * 64}))
    assert not verify(connection, "default", same_figures).equal, "the recorded digest is another"


def test_a_report_that_differs_says_whether_it_was_altered_or_made_by_another_version(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    assert issue.facts.made_by == versions_in_use()
    figures = issue.facts.figures.replace('"satisfied":1', '"satisfied":2')

    def causes(**facts: Any) -> tuple[str | None, list[str]]:
        verification = verify(connection, "default", issue._replace(facts=issue.facts.model_copy(update=facts)))
        return verification.cause, verification.made_by

    assert causes() == (None, [])
    assert causes(figures=figures) == ("altered", [])
    assert causes(figures=figures, sha256=sha256(figures)) == ("unexplained", [])
    older = (versions_in_use()[0], "tzdata 1999a")
    assert causes(figures=figures, sha256=sha256(figures), made_by=older) == ("other_version", ["tzdata 1999a"])


@pytest.mark.parametrize(
    ("figure", "older"), [("upsell-value", "customer_facts version 2"), ("renewal-chance", "contracts version 3")]
)
def test_a_pack_of_offers_or_of_health_that_an_older_release_counted_otherwise_names_the_version(
    desk: Told, connection: psycopg.Connection, figure: str, older: str
) -> None:
    publish_pack(desk, figure)
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    name, _, _ = older.partition(" version ")
    folded = tuple(older if each.startswith(f"{name} ") else each for each in issue.facts.projections)
    figures = issue.facts.figures.replace('"unit":"share"', '"unit":"points"')
    counted = {"figures": figures, "sha256": sha256(figures), "projections": folded}
    verification = verify(connection, "default", issue._replace(facts=issue.facts.model_copy(update=counted)))
    assert (verification.cause, older in verification.otherwise_folded) == ("other_version", True)


def test_what_changed_since_names_the_other_versions_that_made_the_report(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    folded = tuple("tickets version 0" if each == TICKETS.definition else each for each in issue.facts.projections)
    other = {"projections": folded, "made_by": (versions_in_use()[0], "tzdata 1999a")}

    def versions(**facts: Any) -> OtherVersions:
        of = issue._replace(facts=issue.facts.model_copy(update=facts))
        return changes_since(connection, "default", of, AFTERWARDS).versions

    assert versions() == ([], [], [])
    assert versions(**other) == (sorted([TICKETS.definition, "tickets version 0"]), ["tzdata 1999a"], [])


def test_what_changed_since_is_told_with_the_facts_that_explain_it(desk: Told, connection: psycopg.Connection) -> None:
    (rated,) = desk.rows("select ticket from tickets where not open")[0]
    issue = issued(desk, connection)
    within, earlier = desk.ticket(march(4)), desk.ticket(datetime(2026, 2, 1, tzinfo=UTC))
    desk.send(rated, RateSatisfaction(score=1, occurred_at=march(12)))
    later = desk.ticket(march(12))
    publish(desk, "settings", "tenant", {"zone": "UTC"})
    since = changes_since(connection, "default", issue, AFTERWARDS)
    received = [(each.period, each.before, each.after) for each in since.differences if each.name == "received"]
    assert ("2026-03-04", 0, 1) in received
    relations = {(fact.stream, fact.relation) for fact in since.late.facts if fact.topic.startswith("ticket.")}
    assert relations == {(within, "within"), (earlier, "before"), (rated, "afterwards")}
    assert later not in {fact.stream for fact in since.late.facts}, "it does not concern the period"
    assert since.late.facts[0].topic == "definition.published"
    assert since.late.total == len(since.late.facts)
    assert since.position == desk.head()


def test_later_events_of_a_customer_and_of_a_term_of_the_period_are_among_the_facts(
    desk: Told, connection: psycopg.Connection
) -> None:
    (customer,) = desk.rows("select customer from tickets where not open")[0]
    twin, stranger, due, other = desk.customer(), desk.customer(), new_id(), new_id()
    for contract, ends_on in ((due, date(2026, 3, 4)), (other, date(2026, 4, 30))):
        signed = SignContract(
            customer_id=desk.customer(),
            number=str(contract),
            starts_on=date(2026, 1, 1),
            ends_on=ends_on,
            value=100,
            currency="VND",
            occurred_at=LONG_AGO,
        )
        desk.send(contract, signed)
    issue = issued(desk, connection)
    for contract in (due, other):
        desk.send(contract, RenewContract(months=12, occurred_at=march(15)))
    again, of_the_twin = desk.ticket(march(12), customer), desk.ticket(march(13), twin)
    desk.ticket(march(13), stranger)
    desk.send(twin, MergeCustomer(into=customer, reason="the same person"))
    desk.follow()
    late = late_facts(connection, "tenant_default", issue.facts.position, issue.period, AFTERWARDS, ())
    assert {fact.stream for fact in late.facts} == {due, again, of_the_twin, customer, twin}
    assert {fact.relation for fact in late.facts} == {"afterwards"}


def test_nothing_that_concerns_the_period_leaves_the_report_as_it_is(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    desk.follow()
    since = changes_since(connection, "default", issue, AFTERWARDS)
    assert (since.differences, since.late) == ([], ([], 0))


def test_the_list_holds_every_issue_the_newest_first(desk: Told, connection: psycopg.Connection) -> None:
    first = issued(desk, connection)
    desk.ticket(march(4))
    second = issued(desk, connection, WEEK._replace(reason="a ticket was missing"))
    issued(desk, connection, PackRequest("daily", "2026-03-02"))
    desk.follow()
    rows, _ = issued_reports(connection, "tenant_default")
    assert [(row.name, row.version) for row in rows] == [("daily", 1), ("weekly", 2), ("weekly", 1)]
    weekly, following = issued_reports(connection, "tenant_default", "weekly")
    assert ([row.reason for row in weekly], following) == (["a ticket was missing", None], None)
    assert issue_of(connection, "default", first.report, 1) == first
    assert issue_of(connection, "default", first.report) == second
    assert issue_of(connection, "default", first.report, 3) is None
    assert issue_of(connection, "default", first.report, 2**31) is None
    assert issue_of(connection, "default", first.report, up_to=second.facts.position) == first


def test_an_issue_is_read_without_the_figures_of_the_others(
    desk: Told, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issued(desk, connection)
    for day in range(3, 6):
        desk.ticket(march(day))
        issued(desk, connection, WEEK._replace(reason=f"late on {day}"))
    read: list[int] = []

    def counted(tenant: str, rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
        read.append(len(rows))
        return decode(tenant, rows)

    decode = reader.decode_rows
    monkeypatch.setattr(reader, "decode_rows", counted)
    assert [getattr(issue_of(connection, "default", first.report, version), "version", 0) for version in (None, 2)] == [
        4,
        2,
    ]
    assert read == [1, 1]


def test_the_same_request_with_the_same_command_id_gets_the_first_answer_however_the_log_has_grown(
    desk: Told, connection: psycopg.Connection
) -> None:
    async def twice() -> list[Any]:
        service = ServiceDesk(LogConnection(desk.dsn, "default"))
        try:
            context = CommandContext(Actor(id="lan", kind="agent"), "issue-once")
            first = computed(connection)
            answers = [await service.handle(first.stream, first.command, context)]
            resolve = ResolveTicket(resolution="done", occurred_at=march(8, 23, 30))
            await service.handle(open_ticket, resolve, CommandContext(Actor(id="lan", kind="agent"), str(new_id())))
            again = computed(connection)
            assert again.command.figures != first.command.figures
            return [*answers, await service.handle(again.stream, again.command, context)]
        finally:
            await service.close()

    (open_ticket,) = desk.rows("select ticket from tickets where open")[0]
    first, second = asyncio.run(twice())
    assert second.repeated
    assert second.answer == first.answer


def test_a_pack_reads_each_projection_once() -> None:
    read = projections_of(BUILT_IN_PACKS["quarterly"])
    assert len(read) == len({each.name for each in read})
