"""`history`: who did what, when and why."""

import re
from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.html_pages import texts_of


def test_a_history_tells_who_did_what_when_in_both_languages(imported: Run) -> None:
    english = imported("history", "T1", "--language", "en")
    assert "resolved the ticket" in english.out
    assert "giải quyết" in imported("history", "T1").out
    entries = imported("history", "T1", "--json").json
    assert [entry["topic"] for entry in entries][:2] == ["ticket.received", "ticket.assigned"]
    customer = entries[0]["customer"]
    assert len(imported("history", "--customer", customer, "--json").json) == len(entries) + 1
    assert {entry["actor"] for entry in imported("history", "--actor", "huong", "--json").json} == {"huong"}


def test_a_vietnamese_history_has_vietnamese_headings(imported: Run) -> None:
    answer = imported("history", "T1", "--language", "vi", "--zone", "Asia/Ho_Chi_Minh")
    assert answer.out.startswith("Lịch sử")
    assert all(heading in answer.out for heading in ("vị trí", "xảy ra", "ghi nhận", "kênh", "sự kiện", "lý do"))
    assert "happened" not in answer.out
    assert "Thời gian theo múi giờ Asia/Ho_Chi_Minh." in answer.err


def test_what_every_line_has_stands_once_in_the_title(imported: Run) -> None:
    of_one = imported("history", "T1", "--language", "en").out.splitlines()
    assert of_one[0].startswith("History: ticket T1; through: ")
    assert not any("ticket T1" in line or " of " in line.partition("happened")[2] for line in of_one[1:])
    of_all = imported("history", "--kind", "ticket.received", "--language", "en").out.splitlines()
    assert "ticket T1" not in of_all[0]
    assert any("ticket T1" in line for line in of_all[1:])


def test_the_old_spelling_of_the_language_is_understood(imported: Run) -> None:
    for words in (("history", "T1"), ("sla", "explain", "T1", "--at", "2026-03-03")):
        assert imported(*words, "--lang", "vi").out == imported(*words, "--language", "vi").out


def test_a_history_by_conditions_is_a_table_and_a_page(imported: Run, tmp_path: Path) -> None:
    assert imported("history", "--kind", "ticket.resolved", "--json").json
    table = imported("history", "--text", "huong", "--kind", "ticket", "--from", "2020-01-01", "--to", "2030-12-31")
    assert "Lịch sử" in table.out
    nothing = imported("history", "T1", "--kind", "rules", "--language", "vi")
    assert (nothing.code, nothing.out) == (0, "Lịch sử: chưa ghi nhận sự kiện nào\n")
    file = tmp_path / "history.html"
    page = imported("history", "T1", "--page", str(file), "--language", "vi", "--zone", "Asia/Ho_Chi_Minh")
    assert (page.code, page.out) == (0, "")
    assert "sự kiện vào" in page.err
    assert file.stat().st_mode & 0o777 == 0o600
    assert "giải quyết" in " ".join(texts_of(file.read_text(encoding="utf-8")))


def test_a_period_is_of_the_time_that_the_axis_names(imported: Run) -> None:
    entries = imported("history", "T1", "--json").json
    of_import = ("history", "T1", "--json", "--from", entries[0]["recorded_at"][:10])
    assert imported(*of_import, "--axis", "recorded").json == entries
    assert imported(*of_import, "--axis", "occurred").json == imported(*of_import).json == []
    of_tickets = ("history", "T1", "--json", "--to", entries[-1]["occurred_at"][:10])
    assert (imported(*of_tickets).json, imported(*of_tickets, "--axis", "recorded").json) == (entries, [])


def test_a_history_goes_on_behind_the_position_that_its_end_names(imported: Run) -> None:
    entries = imported("history", "T1", "--json").json
    begun = imported("history", "T1", "--limit", "1", "--json")
    after = re.search(r"Còn tiếp sau vị trí (\d+). Xem tiếp: (--after) \1.", begun.err)
    assert after
    rest = imported("history", "T1", after[2], after[1], "--json").json
    assert [*begun.json, *rest] == entries
    ended = imported("history", "T1", "--after", str(entries[-1]["position"]))
    assert (ended.code, ended.out) == (0, "Lịch sử: chưa ghi nhận sự kiện nào\n")


def test_a_history_that_lags_behind_the_log_says_so(imported: Run) -> None:
    imported("keys", "create", "--actor", "gateway", "--kind", "system", "--scope", "read")
    answer = imported("history", "--kind", "access", "--language", "vi")
    assert "Chưa có 1 sự kiện mới nhất của nhật ký" in answer.err


def test_a_condition_that_cannot_be_used_is_said_in_a_sentence(imported: Run) -> None:
    assert "Không có sự kiện loại 'tickets'" in imported("history", "--kind", "tickets").err
    assert "--text quá ngắn" in imported("history", "--text", "x").err
    assert "--action chỉ dùng cùng --access." in imported("history", "T1", "--action", "read").err
    for others in (
        ["--kind", "ticket"],
        ["--text", "abc"],
        ["--axis", "recorded"],
        ["--page", "p.html"],
        ["--after", "1"],
        ["--as-of", "2026-01-01"],
    ):
        refused = imported("history", "--access", *others)
        assert (refused.code, f"{others[0]} cannot be used with --access" in refused.err) == (2, True)
    wrong_way = imported("history", "--from", "2026-03-02", "--to", "2026-03-01")
    assert (wrong_way.code, "hãy đổi chỗ" in wrong_way.err) == (2, True)


def test_an_empty_answer_repeats_the_conditions(imported: Run) -> None:
    assert "Asked for: kind: rules" in imported("history", "--kind", "rules", "--language", "en").err
    printed = imported("history", "--access", "--action", "lost", "--to", "2026-01-01", "--language", "en").err
    assert "Asked for: action: lost; happened: before 2026-01-02." in printed


def test_a_ticket_is_named_by_the_end_of_its_id(imported: Run) -> None:
    entries = imported("history", "T1", "--json").json
    assert imported("history", entries[0]["ticket"][-12:].upper(), "--json").json == entries
    assert "Không có phiếu '000000000000'" in imported("history", "0" * 12).err


def test_the_access_journal_fits_into_80_columns(imported: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = imported("history", "T1", "--json").json[0]
    imported("history", "--customer", entry["customer"])
    imported("customer", "show", entry["customer"])
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", imported("history", "--access", "--language", "en").out)
    words = shown.replace("┃", " ").replace("│", " ").split()
    assert {"position", "outcome", "customer", entry["customer"][-12:], "history", "(command"} <= set(words)
    assert "ticketledger" not in shown
    assert entry["customer"][:8] not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_access_journal_is_in_the_language_and_the_zone_of_the_tenant(imported: Run) -> None:
    imported("history", "T1")
    answer = imported("history", "--access")
    assert answer.out.startswith("Nhật ký truy cập")
    words = set(answer.out.replace("┃", " ").replace("│", " ").split())
    assert {"đọc", "xong", "lúc"} <= words
    assert not words & {"read", "done", "at", "who", "rows", "outcome", "action"}
    assert "Thời gian theo múi giờ Asia/Ho_Chi_Minh." in answer.err
    assert "theo múi giờ UTC." in imported("history", "--access", "--zone", "UTC").err


def test_a_customer_is_read_by_the_end_of_the_id_that_tables_show_and_the_journal_has_the_whole_id(
    imported: Run, tmp_path: Path
) -> None:
    customer = imported("history", "T1", "--json").json[0]["customer"]
    end = customer[-12:].upper()
    for words in (("show",), ("timeline",), ("health",), ("export", "--to", str(tmp_path / "copy.json"))):
        assert imported("customer", words[0], end, *words[1:]).code == 0
    entries = imported("history", "--access", "--customer", customer, "--json").json
    assert {each["what"].split()[-1] for each in entries} == {"show", "timeline", "health", "export"}
    refused = imported("customer", "show", "0" * 12)
    assert (refused.code, "Không có khách hàng nào có mã '000000000000'" in refused.err) == (2, True)
