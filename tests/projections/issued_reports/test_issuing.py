"""Reports of record: what they count, and when they are issued."""

import threading
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from domain.refusal import Refusal
from domain.report_pack.built_in import BUILT_IN_PACKS
from projections.engine.checkpoints import common_position
from projections.engine.rebuild import rebuild
from projections.figures.answer import FigureRefused
from projections.figures.registry import FIGURES
from projections.issued_reports import rows_at_head
from projections.issued_reports.canonical import sha256
from projections.issued_reports.changes import changes_since
from projections.issued_reports.issuing import PackRequest, ReportRefused
from projections.issued_reports.pack_figures import pack_in
from projections.issued_reports.queries import issue_of
from projections.issued_reports.verification import verify
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.scope.periods import PeriodRefused
from tests.support.issued_reports import AFTERWARDS, computed, issued, publish, publish_pack_of_a_segment, section
from tests.support.told import LONG_AGO, Told, march

WAITING = "select from pg_locks where not granted and mode = 'AccessExclusiveLock'"


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

    def position_after_a_rebuild(*tables: Any) -> int | None:
        """The snapshot is taken by now: the rebuild ends, or waits for the tables."""
        position = common_position(*tables)
        switched.start()
        with psycopg.connect(desk.dsn, autocommit=True) as other:
            while switched.is_alive() and not other.execute(WAITING).rowcount:
                pass
        return position

    monkeypatch.setattr(rows_at_head, "common_position", position_after_a_rebuild)
    assert computed(connection).command.figures == before
    switched.join()


def test_the_members_of_a_segment_are_the_same_before_the_follower_has_read_their_tickets(
    desk: Told, connection: psycopg.Connection
) -> None:
    publish_pack_of_a_segment(desk)
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


def test_figures_that_only_other_versions_made_are_no_second_issue(desk: Told, connection: psycopg.Connection) -> None:
    desk.policy({"name": "x", "rules": [{"resolution": "1h"}]})
    desk.follow()
    first = issued(desk, connection)
    publish(desk, "settings", "tenant", {"zone": "UTC", "year_begins": 4})
    desk.policy({"name": "x", "rules": [{"resolution": "61m"}]})
    desk.follow()
    assert changes_since(connection, "default", first, AFTERWARDS).differences == []
    assert computed(connection).command.sha256 != first.facts.sha256
    assert issued(desk, connection) == first
    assert verify(connection, "default", first).equal
    desk.ticket(march(4))
    with pytest.raises(Refusal, match="with other figures"):
        issued(desk, connection)


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
