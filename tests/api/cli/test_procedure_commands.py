"""Procedures on the command line: started, worked through, listed and shown."""

from pathlib import Path

import psycopg
import pytest

from tests.support.catching_up import catch_up
from tests.support.command_line import Run

FILE = """kind = "procedure"
name = "care"

[body]
title = { vi = "Chăm sóc", en = "Care" }
subject = "ticket"
starts_on = [{ topic = "ticket.received" }]

[[body.steps]]
id = "call"
title = { vi = "Gọi khách", en = "Call the customer" }
role = "team:Care"
due = { within = "2h" }
asks = ["wish"]

[[body.steps]]
id = "agreed"
title = { vi = "Khách đồng ý?", en = "Does the customer agree?" }
kind = "decide"
answers = ["accepted", "no"]
enter = { all = ["call"] }
"""


@pytest.fixture
def run(imported: Run, tmp_path: Path) -> Run:
    """The command line of a desk with tickets and a published procedure."""
    (tmp_path / "care.toml").write_text(FILE, encoding="utf-8")
    imported("definition", "publish", "care.toml", "--effective-from", "2026-01-01", "--reason", "r")
    return imported


@pytest.fixture
def ticket(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select stream from tenant_default.events where topic = 'ticket.received'").fetchone()
    assert row is not None
    return str(row[0])


def test_a_procedure_is_started_worked_through_and_shown(run: Run, ticket: str, database_url: str) -> None:
    started = run("procedure", "start", "care", ticket, "--detail", "product=router", "--actor", "lan")
    procedure = started.err.rstrip(".\n").rpartition(" ")[2]
    assert "đang chạy cho đối tượng này" in run("procedure", "start", "care", ticket).err
    assert "Còn thiếu thông tin, hãy ghi thêm: wish." in run("procedure", "complete", procedure, "call").err
    assert "hãy ghi dạng tên=giá trị" in run("procedure", "complete", procedure, "call", "--detail", "wish").err
    catch_up(database_url)
    listed = run("procedure", "list").out
    assert ("Chăm sóc" in listed, f"phiếu {ticket[-12:]}" in " ".join(listed.split())) == (True, True)
    assert "Care, version 1: running" in run("procedure", "show", procedure, "--language", "en").err
    done = run("procedure", "complete", procedure[-12:], "call", "--result", "ok", "--detail", "wish=refund")
    assert done.err == "Đã xong bước call.\n"
    again = run("procedure", "complete", procedure, "call", "--result", "ok")
    assert again.err == "Không có gì thay đổi: đã như vậy từ trước.\n"
    assert "accepted, no" in run("procedure", "answer", procedure, "agreed", "later").err
    assert run("procedure", "answer", procedure, "agreed", "accepted").code == 0
    catch_up(database_url)
    shown = run("procedure", "show", procedure, "--json").json
    assert (shown["procedure"]["state"], shown["procedure"]["outcome"]) == ("completed", "accepted")
    assert [(step["step"], step["ended_as"]) for step in shown["steps"]] == [("call", "done"), ("agreed", "done")]
    assert "Gọi khách" in run("procedure", "show", procedure, "--language", "vi").out
    vietnamese = run("procedure", "show", procedure, "--language", "vi")
    printed = vietnamese.out + vietnamese.err
    assert "hoàn tất" in printed
    assert "Về phiếu" in printed
    assert "hoàn tất, chấp nhận." in printed
    assert "chấp nhận" in run("procedure", "list", "--state", "any").out
    words = set(printed.replace("|", " ").replace("│", " ").split())
    assert not words & {
        "version",
        "completed",
        "ticket",
        "owner:",
        "Steps",
        "step",
        "title",
        "due",
        "done",
        "accepted",
        "accepted,",
        "Times",
    }
    assert run("procedure", "list", "--json").json == []
    assert len(run("procedure", "list", "--state", "any", "--json").json) == 1


def test_what_is_due_names_steps_by_their_titles(run: Run, ticket: str, database_url: str) -> None:
    run("procedure", "start", "care", ticket)
    catch_up(database_url)
    assert "bước Gọi khách" in run("due").out
    assert "step Call the customer" in run("due", "--language", "en").out


def test_steps_are_skipped_and_procedures_abandoned_and_migrated(run: Run, ticket: str) -> None:
    procedure = run("procedure", "start", "care", ticket).err.rstrip(".\n").rpartition(" ")[2]
    assert "Đã bỏ qua" in run("procedure", "skip", procedure, "call", "--reason", "known").err
    assert "không có phiên bản 7; hãy chọn" in run("procedure", "migrate", procedure, "7").err
    assert "Đã dừng" in run("procedure", "abandon", procedure, "--reason", "twice").err
    assert run("procedure", "skip", procedure, "agreed", "--reason", "r").code == 2


def test_what_a_file_would_have_started_leaves_imports_out(run: Run) -> None:
    answer = run("procedure", "whatif", "care.toml", "--json").json
    assert (answer["starts"], answer["subjects"]) == (0, 0)
    assert "would have started 0 times" in run("procedure", "whatif", "care.toml", "--language", "en").err
    assert "complaint lẽ ra đã bắt đầu 0 lần" in run("procedure", "whatif", "complaint").err
    assert run("procedure", "whatif", "settings").code == 2


def test_adopting_names_the_teams_that_the_workforce_has_not(run: Run, tmp_path: Path) -> None:
    adopt = ("definition", "adopt", "procedure", "new-customer", "--language", "en")
    assert "nobody takes its work: Care. Publish a workforce with it." in run(*adopt).err
    assert "không ai nhận việc của nhóm: Care." in run(*adopt[:4], "--language", "vi").err
    (tmp_path / "people.toml").write_text('kind = "workforce"\n[[body.teams]]\nname = "Care"\n', encoding="utf-8")
    published = run("definition", "publish", "people.toml", "--effective-from", "2026-01-01", "--reason", "care")
    assert published.code == 0, published.err
    assert "nobody takes its work" not in run(*adopt).err
    assert "nobody takes its work" not in run("definition", "adopt", "procedure", "complaint", "--language", "en").err


def test_every_shipped_procedure_can_be_adopted(run: Run) -> None:
    assert "Đã ban hành: 6 trên 6" in run("definition", "adopt", "procedure", "all").err
    assert "Đã ban hành: 0 trên 6" in run("definition", "adopt", "procedure", "all").err
    listed = run("definition", "list", "--kind", "procedure", "--json").json
    assert {row["name"] for row in listed} >= {"complaint", "new-customer", "after-sale", "repurchase", "b2b"}


def test_what_is_not_there_is_told_in_a_sentence(run: Run) -> None:
    nothing = "00000000-0000-0000-0000-00000000ffff"
    assert "Không có quy trình" in run("procedure", "show", nothing).err
    assert "Không có quy trình 'other' đang hiệu lực" in run("procedure", "start", "other", nothing).err
