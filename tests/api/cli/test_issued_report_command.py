"""`report issue`, `issued`, `show`, `verify` and `changed`."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from domain.ticket.commands import RateSatisfaction, ResolveTicket
from tests.support.command_line import Run
from tests.support.issued_reports import (
    publish,
    told_otherwise_by_an_older_formula,
    told_otherwise_by_an_older_release,
)
from tests.support.told import Told, march, told

WEEK = ("weekly", "2026-W10")
ISSUE = ("report", "issue", "weekly", "--period", "2026-W10", "--actor", "lan")


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as desk:
        rated = desk.ticket(march(2, 3))
        desk.send(rated, ResolveTicket(resolution="done", occurred_at=march(2, 5)))
        desk.send(rated, RateSatisfaction(score=5, occurred_at=march(3)))
        desk.follow()
        yield desk


def test_a_report_is_issued_once_and_again_with_a_reason(desk: Told, run: Run) -> None:
    first = run(*ISSUE, "--json").json
    assert (first["issue"], first["events"], first["complete"]) == (1, 1, True)
    again = run(*ISSUE, "--language", "en")
    assert (again.code, "with the same figures already: issue 1" in again.err) == (0, True)
    assert "cùng số liệu: lần phát hành 1" in run(*ISSUE).err
    desk.ticket(march(4))
    refused = run(*ISSUE)
    assert refused.code == 2
    assert "weekly 2026-W10: Kỳ này đã phát hành ở vị trí" in refused.err
    assert "give a reason to issue it again" in run(*ISSUE, "--language", "en").err
    assert "weekly 2026-W10: lần phát hành 2 tại vị trí" in run(*ISSUE, "--reason", "a ticket was missing").err
    assert run(*ISSUE, "--reason", " ").code == 2
    listed = run("report", "issued", "--json").json
    assert [(row["name"], row["version"], row["actor"], row["reason"]) for row in listed] == [
        ("weekly", 2, "lan", "a ticket was missing"),
        ("weekly", 1, "lan", None),
    ]
    shown = run("report", "issued", "--pack", "weekly").out
    assert [word in shown for word in ("2026-W10", "báo cáo", "report")] == [True, True, False]
    assert run("report", "issued", "--pack", "daily", "--json").json == []
    part = run("report", "issued", "--limit", "1", "--json", "--language", "en")
    assert ([row["version"] for row in part.json], "set a higher --limit" in part.err) == ([2], True)
    assert "There are more" not in run("report", "issued", "--limit", "2", "--language", "en").err


def test_a_report_with_the_same_figures_by_other_settings_is_the_one_that_was_issued(desk: Told, run: Run) -> None:
    first = run(*ISSUE, "--json").json
    publish(desk, "settings", "tenant", {"year_begins": 4})
    again = run(*ISSUE, "--json").json
    assert (again["issue"], again["events"], again["sha256"]) == (1, 0, first["sha256"])


def test_a_report_has_the_name_under_which_it_was_issued_whatever_settings_came_later(desk: Told, run: Run) -> None:
    issue = ("report", "issue", "quarterly", "--language", "en", "--period")
    run(*issue, "2026-Q1")
    publish(desk, "settings", "tenant", {"zone": "UTC", "year_begins": 4})
    show = ("report", "show", "quarterly", "--language", "en")
    assert "2026-Q1" in run("report", "issued").out
    assert "Quarterly review 2026-Q1" in run(*show, "2026-q1").out
    run(*issue, "2025-Q4", "--zone", "Asia/Bangkok")
    assert "Quarterly review 2025-Q4" in run(*show, "2025-Q4").out
    run(*issue, "2026-Q1", "--zone", "Asia/Bangkok")
    several = run(*show, "2026-Q1")
    assert (several.code, "name one by its id" in several.err) == (2, True)
    assert [days in several.err for days in ("2026-01-01 - 2026-03-31", "2026-04-01 - 2026-06-30")] == [True, True]
    assert "hãy ghi mã id" in run("report", "show", "quarterly", "2026-Q1").err
    assert "Asia/Bangkok" in run(*show, "2026-Q1", "--zone", "Asia/Bangkok").out
    run(*issue, "2026-Q1")
    assert "UTC" in run(*show, "2026-Q1").out, "of several the one in the zone of the tenant"


def test_a_report_is_shown_as_it_was_told_by_its_pack_or_its_id_in_both_languages(desk: Told, run: Run) -> None:
    first = run(*ISSUE, "--json").json
    desk.ticket(march(4))
    run(*ISSUE, "--reason", "a ticket was missing")
    english = run("report", "show", *WEEK, "--issue", "1", "--language", "en").out
    vietnamese = run("report", "show", first["id"], "--issue", "1").out
    assert [word in english for word in ("Weekly report 2026-W10", "100 % (1 of 1)", first["sha256"])] == [True] * 3
    assert [
        word in vietnamese for word in ("Báo cáo tuần 10/2026 (02/03 - 08/03)", "100 % (1 trên 1)", "Mức hài lòng")
    ] == [True] * 3
    assert run("report", "show", *WEEK, "--json").json["version"] == 2
    assert run("report", "show", *WEEK, "--issue", "1", "--json").json["facts"]["figures"]["pack"] == "weekly"


@pytest.mark.usefixtures("desk")
def test_a_report_is_written_as_a_page_and_as_a_workbook(run: Run, tmp_path: Path) -> None:
    run(*ISSUE)
    pytest.importorskip("xlsxwriter")
    answer = run("report", "show", *WEEK, "--html", "week.html", "--xlsx", "week.xlsx")
    assert answer.code == 0
    assert "<h1>Báo cáo tuần 10/2026 (02/03 - 08/03)</h1>" in (tmp_path / "week.html").read_text(encoding="utf-8")
    assert (tmp_path / "week.xlsx").read_bytes().startswith(b"PK")


def test_a_report_is_verified_and_an_altered_one_is_found(desk: Told, run: Run) -> None:
    run(*ISSUE)
    desk.ticket(march(4))
    verified = run("report", "verify", *WEEK, "--language", "en")
    assert (verified.code, "The same bytes" in verified.out) == (0, True)
    assert "Đúng từng byte" in run("report", "verify", *WEEK).out
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        changed = connection.execute(
            r"""update tenant_default.events set state = replace(state::text, '\"satisfied\":1', '\"satisfied\":3')
            where topic = 'report.issued'"""
        ).rowcount
    assert changed == 1
    verification = run("report", "verify", *WEEK, "--language", "en")
    assert verification.code == 1
    assert [word in verification.out for word in ("Other bytes", "satisfied", "`doctor` checks the log")] == [True] * 3
    vietnamese = run("report", "verify", *WEEK)
    assert [word in vietnamese.out for word in ("Khác byte", "hài lòng", "đã bị sửa")] == [True] * 3


def test_what_changed_is_told_with_the_late_fact(desk: Told, run: Run) -> None:
    run(*ISSUE)
    late = desk.ticket(march(4))
    changed = run("report", "changed", *WEEK, "--language", "en").out
    assert [
        word in changed for word in ("Tickets in", "2026-03-04", "Recorded since", "lan recorded a new ticket")
    ] == [True] * 4
    vietnamese = run("report", "changed", *WEEK).out
    assert [word in vietnamese for word in ("Ghi nhận sau", "04/03/2026", "2026-03-04")] == [True, True, False]
    answer = run("report", "changed", *WEEK, "--json").json
    assert [fact["stream"] for fact in answer["facts"] if fact["topic"] == "ticket.received"] == [str(late)]
    assert ("received", 0, 1) in {(each["name"], each["before"], each["after"]) for each in answer["differences"]}


def test_what_changed_names_the_versions_that_made_the_report_otherwise(desk: Told, run: Run) -> None:
    run(*ISSUE)
    versions = told_otherwise_by_an_older_release(desk.dsn, "satisfied")
    changed = run("report", "changed", *WEEK, "--language", "en").out
    named = f"Other versions made the report: {', '.join(versions)}."
    assert [word in changed for word in ("satisfied", named, "No event was found")] == [True, True, False]
    vietnamese = run("report", "changed", *WEEK).out
    assert [word in vietnamese for word in ("phiên bản khác", "Không tìm thấy")] == [True, False]
    assert run("report", "changed", *WEEK, "--json").json["otherwise_folded"] == versions


def test_a_formula_that_changed_is_named_where_nothing_else_explains_the_difference(desk: Told, run: Run) -> None:
    run(*ISSUE)
    told_otherwise_by_an_older_formula(desk.dsn, "csat", "satisfied")
    changed = run("report", "changed", *WEEK, "--language", "en").out
    named = "The formula of csat changed (version 0 to 1)."
    assert [word in changed for word in ("satisfied", named)] == [True, True]
    assert [word in changed for word in ("Other versions", "No event")] == [False, False]
    assert "Công thức của csat đã đổi (phiên bản 0 thành 1)." in run("report", "changed", *WEEK).out
    formulas = [{"figure": "csat", "before": 0, "after": 1}]
    assert run("report", "changed", *WEEK, "--json").json["formulas"] == formulas
    verified = run("report", "verify", *WEEK, "--language", "en")
    assert (verified.code, named in verified.out) == (1, True)
    assert run("report", "verify", *WEEK, "--json").json["formulas"] == formulas


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "weekly"), "Hãy ghi kỳ của báo cáo weekly: 2026-11-28, 2026-W48"),
        (("show", "weekly", "2026-W11"), "Báo cáo weekly 2026-W11 chưa phát hành:"),
        (("show", "weekly", "2026-W10", "--issue", "7"), "Báo cáo weekly 2026-W10 chưa phát hành lần 7:"),
        (("verify", "01890a5d-ac96-774b-bcce-b302099a8058"), "chưa phát hành:"),
        (("changed", "weekly", "soon"), "'soon' không phải là kỳ"),
        (("issue", "weekly", "--period", "2026-W60"), "hãy viết 2026-11-28, 2026-W48, 2026-11, 2026-Q4, 2026"),
        (("issue", "board"), "hãy chọn một trong daily, monthly, quarterly, weekly"),
        (("issue", "daily", "--period", "2026"), "Báo cáo daily dành cho một ngày, còn 2026 là một năm: ngày gần nhất"),
        (("issue", "daily", "--zone", "Mars/Base"), "không phải là múi giờ IANA"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_found_or_issued_is_said_in_a_sentence(run: Run, words: tuple[str, ...], says: str) -> None:
    run(*ISSUE)
    answer = run("report", *words)
    assert (answer.code, says in answer.err) == (2, True), answer.err


def test_a_report_in_vietnamese_has_vietnamese_headings_and_durations(imported: Run) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    vietnamese = imported("report", "figures", *days).out
    assert [word in vietnamese for word in ("Thời gian xử lý", "đã giải quyết", "phút", "Không tính")] == [True] * 4
    english = imported("report", "figures", *days, "--language", "en").out
    assert [word in english for word in ("Handling time", "resolved", " min", "Left out")] == [True] * 4
    assert imported("report", "csat", *days).code == 0
