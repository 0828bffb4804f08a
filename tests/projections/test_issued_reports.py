"""Reports of record: what they count, how they are made again, and what explains that they changed."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.contract.commands import RenewContract, SignContract
from domain.customer.commands import MergeCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.publishing import definition_stream
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.program_version import versions_in_use
from domain.report_pack.built_in import BUILT_IN_PACKS
from domain.ticket.commands import RateSatisfaction, ResolveTicket
from projections.engine.checkpoints import common_position
from projections.engine.rebuild import rebuild
from projections.figures.answer import FigureRefused
from projections.figures.registry import FIGURES
from projections.issued_reports import rows_at_head
from projections.issued_reports.canonical import sha256
from projections.issued_reports.changes import changes_since
from projections.issued_reports.issuing import PackRequest, ReportRefused, ReportToIssue, report_to_issue
from projections.issued_reports.pack_figures import pack_in, projections_of
from projections.issued_reports.queries import Issue, issue_of, issued_reports
from projections.issued_reports.verification import verify
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.scope.periods import PeriodRefused
from tests.support.told import LONG_AGO, Told, march, told

AFTERWARDS = datetime(2026, 4, 20, tzinfo=UTC)
WEEK = PackRequest("weekly", "2026-W10", "UTC")
WAITING = "select from pg_locks where not granted and mode = 'AccessExclusiveLock'"


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    """Two tickets of the week, one of them resolved and rated."""
    with told(database_url) as desk:
        rated = desk.ticket(march(2, 3))
        desk.send(rated, ResolveTicket(resolution="done", occurred_at=march(2, 5)))
        desk.send(rated, RateSatisfaction(score=5, occurred_at=march(3)))
        desk.ticket(march(8, 23))
        desk.follow()
        yield desk


@pytest.fixture
def connection(desk: Told) -> Iterator[psycopg.Connection]:
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection


def computed(connection: psycopg.Connection, request: PackRequest = WEEK, now: datetime = AFTERWARDS) -> ReportToIssue:
    return report_to_issue(connection, "default", request, now)


def issued(desk: Told, connection: psycopg.Connection, request: PackRequest = WEEK) -> Issue:
    """The newest issue, after the report was issued."""
    report = computed(connection, request)
    desk.send(report.stream, report.command)
    issue = issue_of(connection, "default", report.stream)
    assert issue is not None
    return issue


def section(figures: str, name: str) -> list[dict[str, Any]]:
    """The rows of the first section with a figure."""
    return next(each["rows"] for each in json.loads(figures)["sections"] if each["figure"] == name)


def publish(desk: Told, kind: str, name: str, body: dict[str, Any]) -> None:
    command = PublishDefinition(kind=kind, name=name, body=body, effective_from=LONG_AGO, reason="decided")
    desk.send(definition_stream(kind, name), command)


def test_a_report_counts_the_days_of_its_period_and_keeps_its_digest(connection: psycopg.Connection) -> None:
    command = computed(connection).command
    assert (command.first, command.last, command.complete) == (date(2026, 3, 2), date(2026, 3, 8), True)
    assert command.sha256 == sha256(command.figures)
    received = {row["period"]: row["parts"]["received"] for row in section(command.figures, "flow")}
    assert received == {f"2026-03-0{day}": int(day in {2, 8}) for day in range(2, 9)}
    assert sum(row["numerator"] for row in section(command.figures, "csat")) == 1


def test_a_report_holds_what_the_follower_has_not_read_yet(desk: Told, connection: psycopg.Connection) -> None:
    late = desk.ticket(march(4))
    behind = computed(connection).command
    assert behind.position == desk.head()
    desk.follow()
    assert computed(connection).command.figures == behind.figures
    assert "2026-03-04" in {row["period"] for row in section(behind.figures, "flow") if row["parts"]["received"]}
    assert late is not None


def test_a_rebuild_that_switches_meanwhile_takes_no_rows_from_a_report(
    desk: Told, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = computed(connection).command.figures
    switched = threading.Thread(target=rebuild, args=[desk.dsn, "default", PROJECTIONS], kwargs={"views": VIEWS})

    def position_after_a_rebuild(*asked: Any) -> int | None:
        """The snapshot is taken by now: the rebuild ends, or waits for the tables."""
        found = common_position(*asked)
        switched.start()
        with psycopg.connect(desk.dsn, autocommit=True) as other:
            while switched.is_alive() and not other.execute(WAITING).rowcount:
                pass
        return found

    monkeypatch.setattr(rows_at_head, "common_position", position_after_a_rebuild)
    assert computed(connection).command.figures == before
    switched.join()


def test_the_members_of_a_segment_are_the_same_before_the_follower_has_read_their_tickets(
    desk: Told, connection: psycopg.Connection
) -> None:
    publish(desk, "segment", "Writers", {"members": {"field": "open_tickets", "comparison": "at_least", "value": 1}})
    publish(desk, "upselling", "tenant", {"eligible": "Writers"})
    heading = {"en": "x", "vi": "x"}
    pack = {"title": heading, "period": "week", "sections": [{"title": heading, "figure": "upsell-eligible"}]}
    publish(desk, "report-pack", "own", pack)
    desk.follow()
    desk.ticket(LONG_AGO)
    behind = computed(connection, PackRequest("own", "2026-W10", "UTC")).command
    (row,) = section(behind.figures, "upsell-eligible")
    assert row["denominator"] == 1
    desk.follow()
    assert computed(connection, PackRequest("own", "2026-W10", "UTC")).command.figures == behind.figures


def test_every_built_in_pack_can_be_issued_and_names_figures_that_there_are(
    desk: Told, connection: psycopg.Connection
) -> None:
    for name, pack in BUILT_IN_PACKS.items():
        assert {each.figure for each in pack.sections} <= set(FIGURES)
        issue = issued(desk, connection, PackRequest(name))
        assert issue.facts.complete
        assert pack_in(issue.document) == pack
        assert verify(connection, "default", issue).equal


def test_the_days_are_those_of_the_tenants_zone_and_year_unless_another_zone_is_asked(
    desk: Told, connection: psycopg.Connection
) -> None:
    hanoi = computed(connection, PackRequest("weekly", "2026-W10")).command
    assert hanoi.zone == "Asia/Ho_Chi_Minh"
    assert sum(row["parts"]["received"] for row in section(hanoi.figures, "flow")) == 1, "it is Monday in Hanoi"
    publish(desk, "settings", "tenant", {"zone": "UTC", "year_begins": 4})
    fiscal = computed(connection, PackRequest("quarterly", "2025-Q4")).command
    assert (fiscal.first, fiscal.last, fiscal.zone) == (date(2026, 1, 1), date(2026, 3, 31), "UTC")
    assert fiscal.complete
    assert [row["period"] for row in section(fiscal.figures, "flow")] == ["2026-01-01", "2026-02-01", "2026-03-01"]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (PackRequest("board"), "there is no report pack 'board': choose one of daily, monthly, quarterly, weekly"),
        (PackRequest("weekly", "2026-03"), "a weekly report covers a week and 2026-03 is a month"),
        (PackRequest("weekly", "2026-W30"), "2026-W30 has not begun"),
    ],
)
def test_a_report_that_cannot_be_issued_says_why(
    connection: psycopg.Connection, request_: PackRequest, says: str
) -> None:
    with pytest.raises(ReportRefused) as refused:
        computed(connection, request_)
    assert says in str(refused.value)
    with pytest.raises(PeriodRefused, match="2026-W48"):
        computed(connection, PackRequest("weekly", "last week"))


def test_a_pack_with_a_figure_or_a_part_that_there_is_not_is_refused(
    desk: Told, connection: psycopg.Connection
) -> None:
    heading = {"en": "x", "vi": "x"}
    for wrong, says in [({"figure": "luck"}, "no figure 'luck'"), ({"figure": "csat", "part": "x"}, "no part 'x'")]:
        publish(
            desk, "report-pack", "own", {"title": heading, "period": "day", "sections": [{"title": heading, **wrong}]}
        )
        with pytest.raises(FigureRefused, match=says):
            computed(connection, PackRequest("own"))


def test_a_period_that_is_not_over_is_issued_and_says_so(desk: Told, connection: psycopg.Connection) -> None:
    friday = computed(connection, now=march(6)).command
    assert not friday.complete
    desk.send(computed(connection).stream, friday)
    assert issued(desk, connection).version == 2, "without a reason, now that it is over"


def test_a_figure_of_the_present_is_told_within_the_period_and_not_when_it_is_over(
    desk: Told, connection: psycopg.Connection
) -> None:
    heading = {"en": "x", "vi": "x"}
    sections = [{"title": heading, "figure": name} for name in ("sla-late", "flow")]
    publish(desk, "report-pack", "own", {"title": heading, "period": "day", "sections": sections})
    desk.policy({"name": "x", "rules": [{"resolution": "1m"}]})
    desk.ticket(march(9))
    day = PackRequest("own", "2026-03-10", "UTC")
    within = computed(connection, day, now=march(10, 12))
    (row,) = section(within.command.figures, "sla-late")
    assert row["value"] > 0
    desk.send(within.stream, within.command)
    issue = issue_of(connection, "default", within.stream)
    assert issue is not None
    over = computed(connection, day)
    assert section(over.command.figures, "sla-late") == []
    assert changes_since(connection, "default", issue, AFTERWARDS).differences == []
    later = computed(connection, day, now=AFTERWARDS + timedelta(days=1))
    assert later.command.figures == over.command.figures


def test_a_pack_of_the_tenant_takes_the_place_of_the_built_in_one_and_old_reports_stay(
    desk: Told, connection: psycopg.Connection
) -> None:
    before = issued(desk, connection)
    heading = {"en": "Most", "vi": "Nhiều nhất"}
    most = {"title": heading, "figure": "flow", "part": "received", "by": ["category"], "most": 1}
    publish(desk, "report-pack", "weekly", {"title": heading, "period": "week", "sections": [most]})
    desk.follow()
    now = computed(connection).command
    assert now.definition_version == 1
    assert [row["of"] for row in section(now.figures, "flow")] == [{"category": "login"}]
    assert verify(connection, "default", before).equal, "the report says itself what it is made of"


def test_a_report_is_made_again_byte_for_byte_whatever_came_later(desk: Told, connection: psycopg.Connection) -> None:
    issue = issued(desk, connection)
    late = desk.ticket(march(4))
    desk.send(late, ResolveTicket(resolution="done", occurred_at=march(4, 1)))
    desk.policy({"name": "x", "rules": [{"resolution": "1m"}]})
    publish(desk, "settings", "tenant", {"zone": "UTC", "year_begins": 4})
    desk.follow()
    found = verify(connection, "default", issue)
    assert found.equal
    assert found.made_again == issue.facts.sha256
    assert found.differences == []


def test_a_report_whose_figures_come_out_otherwise_differs_and_says_where(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    (figures,) = [issue.facts.figures.replace('"satisfied":1', '"satisfied":2')]
    altered = issue._replace(
        facts=issue.facts.model_copy(update={"figures": figures, "projections": ("tickets version 0",)})
    )
    found = verify(connection, "default", altered)
    assert not found.equal
    assert [(each.figure, each.name, each.before, each.after) for each in found.differences] == [
        ("csat", "satisfied", 2, 1)
    ]
    assert "tickets version 0" in found.otherwise_folded
    assert found.cause == "altered"
    same_figures = issue._replace(facts=issue.facts.model_copy(update={"sha256": "0" * 64}))
    assert not verify(connection, "default", same_figures).equal, "the recorded digest is another"


def test_a_report_that_differs_says_whether_it_was_altered_or_made_by_another_version(
    desk: Told, connection: psycopg.Connection
) -> None:
    issue = issued(desk, connection)
    assert issue.facts.made_by == versions_in_use()
    figures = issue.facts.figures.replace('"satisfied":1', '"satisfied":2')

    def causes(**facts: Any) -> tuple[str | None, list[str]]:
        found = verify(connection, "default", issue._replace(facts=issue.facts.model_copy(update=facts)))
        return found.cause, found.made_by

    assert causes() == (None, [])
    assert causes(figures=figures) == ("altered", [])
    assert causes(figures=figures, sha256=sha256(figures)) == ("unexplained", [])
    older = (versions_in_use()[0], "tzdata 1999a")
    assert causes(figures=figures, sha256=sha256(figures), made_by=older) == ("other_version", ["tzdata 1999a"])


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
    late = changes_since(connection, "default", issue, AFTERWARDS).late
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
    rows = issued_reports(connection, "tenant_default")
    assert [(row.name, row.version) for row in rows] == [("daily", 1), ("weekly", 2), ("weekly", 1)]
    assert [row.reason for row in issued_reports(connection, "tenant_default", "weekly")] == [
        "a ticket was missing",
        None,
    ]
    assert issue_of(connection, "default", first.report, 1) == first
    assert issue_of(connection, "default", first.report) == second
    assert issue_of(connection, "default", first.report, 3) is None


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
