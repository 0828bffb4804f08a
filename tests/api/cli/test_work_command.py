"""Tasks and the work list on the command line."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from rich.cells import cell_len

from api.cli.printing import show_table
from api.cli.work import MOST_NAMED, listed_names, time_left, work_row
from api.migrations import migrate
from domain.ticket.events import TicketAssigned
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from projections.work_list.queries import WorkItem
from tests.support.command_line import Run
from tests.support.events import NOON, at, history, received
from tests.support.log import append_history


@pytest.fixture
def follower(database_url: str) -> Iterator[Follower]:
    migrate(database_url)
    follower = Follower(database_url, "default", PROJECTIONS)
    yield follower
    follower.close()


def test_a_task_goes_from_open_to_done(run: Run, follower: Follower) -> None:
    shown = run(
        "task", "open", "Gọi lại khách", "--agent", "lan", "--due", "2026-03-02T15:00:00", "--actor", "minh"
    ).err
    task = shown.split()[-1].rstrip(".")
    follower.catch_up()
    assert [each["task"] for each in run("task", "list", "--json").json] == [task]
    (item,) = run("work", "--agent", "lan", "--json").json
    assert (item["kind"], item["id"], item["late"]) == ("task", task, True)
    assert "Không có gì thay đổi" in run("task", "assign", task, "--agent", "lan").err
    assert "đã xong" in run("task", "done", task[-12:], "--result", "called").err
    assert "hãy mở lại trước" in run("task", "cancel", task, "--reason", "r").err
    follower.catch_up()
    assert run("work", "--agent", "lan", "--json").json == []
    assert run("task", "show", task[-12:], "--json").json["result"] == "called"
    table = run("task", "show", task[-12:]).out
    assert [line.split("│")[1].strip() for line in table.splitlines() if line.startswith("│")] == [
        *("công việc", "tên gọi", "về", "khách hàng", "nhóm", "nhân viên", "đến hạn", "trạng thái", "nguồn"),
        *("mở lúc", "người mở", "kết thúc lúc", "người kết thúc", "kết quả", "phiên bản", "vị trí"),
    ]
    assert "│ người dùng " in table
    run("task", "open", "Gọi lại", "--actor", "sender")
    follower.catch_up()
    (by_a_person,) = [each["task"] for each in run("task", "list", "--json").json if each["task"] != task]
    shown = run("task", "show", by_a_person).out
    assert ("│ sender " in shown, "bộ gửi" in shown) == (True, False), "a person's name is no program"
    assert "Đã mở lại" in run("task", "reopen", task, "--reason", "wrong customer").err
    assert "Đã dời" in run("task", "reschedule", task, "--reason", "later").err


def test_the_list_names_what_an_item_is_about_and_its_own_id() -> None:
    ticket, customer, task = UUID(int=1), UUID(int=2), UUID(int=3)
    facts: dict[str, Any] = dict.fromkeys(field.name for field in fields(WorkItem))
    item = WorkItem(**facts | {"kind": "task", "id": task, "title": "call", "ticket": ticket, "customer": customer})
    about = [
        (row["about"], row["id"])
        for row in (
            work_row(replace(item, external_reference="T-1"), NOON, "en"),
            work_row(item, NOON, "en"),
            work_row(replace(item, ticket=None), NOON, "en"),
            work_row(replace(item, ticket=None, customer=None), NOON, "en"),
            work_row(replace(item, id=ticket, external_reference="T-1"), NOON, "en"),
            work_row(replace(item, id=ticket), NOON, "en"),
        )
    ]
    of_tasks = ["T-1", "000000000001", "customer 000000000002", None]
    assert about == [
        *((about_what, "000000000003") for about_what in of_tasks),
        ("T-1", "000000000001"),
        (None, "000000000001"),
    ]


@pytest.mark.parametrize("width", [80, 60])
def test_the_time_that_is_left_stands_in_one_line(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    facts: dict[str, Any] = dict.fromkeys(field.name for field in fields(WorkItem))
    item = WorkItem(**facts | {"kind": "step", "step": "accepted", "said_by": "complaint", "id": UUID(int=3)})
    items = [
        replace(item, title="Does the customer accept what was decided?", due_at=NOON + timedelta(minutes=516)),
        replace(item, title="The invoice of September is wrong", due_at=NOON - timedelta(hours=51), ticket=UUID(int=1)),
    ]
    show_table("Việc", [work_row(each, NOON, "vi") for each in items], language="vi", piped_width=width)
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert [any(left in line for line in lines) for left in ("còn 8 giờ 36 phút", "trễ 2 ngày 3 giờ")] == [True, True]


def test_the_list_speaks_vietnamese(run: Run, follower: Follower) -> None:
    run("task", "open", "Gọi lại khách", "--team", "care", "--due", "2026-03-02", "--actor", "minh")
    follower.catch_up()
    answer = run("work", "--team", "care", "--lang", "vi")
    assert "Việc cần làm" in answer.out
    assert "trễ" in answer.out
    assert "công việc" in answer.out


@pytest.mark.parametrize(
    ("minutes", "english", "vietnamese"),
    [
        (-90, "late by 1 h 30 min", "trễ 1 giờ 30 phút"),
        (0, "in 0 s", "còn 0 giây"),
        (60 * 27, "in 1 day 3 h", "còn 1 ngày 3 giờ"),
    ],
)
def test_due_times_are_said_as_people_say_them(minutes: int, english: str, vietnamese: str) -> None:
    due_at = NOON + timedelta(minutes=minutes)
    assert (time_left(due_at, NOON, "en"), time_left(due_at, NOON, "vi")) == (english, vietnamese)
    assert time_left(None, NOON, "en") == "-"


def test_a_name_that_holds_nothing_is_told_who_holds_tickets(run: Run, follower: Follower, database_url: str) -> None:
    append_history(database_url, history(at(0, received()), at(1, TicketAssigned(team="Care", agent="lan"))))
    follower.catch_up()
    shown = run("work", "--agent", "lam").err
    assert "Không có phiếu mở nào của lam; những người đang giữ phiếu: lan." in " ".join(shown.split())
    assert "đang giữ phiếu" not in run("work", "--agent", "lan").err
    shown = run("work", "--team", "care").err
    assert "Không có phiếu mở nào của nhóm care; các nhóm đang giữ phiếu: Care." in " ".join(shown.split())
    assert "đang giữ phiếu" not in run("work", "--team", "Care").err


def test_the_list_is_of_somebody(run: Run) -> None:
    answer = run("work")
    assert (answer.code, "--agent, --team hoặc cả hai" in answer.err) == (2, True)
    assert run("task", "open", " ").code == 2


@pytest.mark.parametrize(("count", "ends"), [(MOST_NAMED, f"agent {MOST_NAMED - 1}"), (MOST_NAMED + 1, ", ...")])
def test_a_list_of_names_that_is_cut_says_so(count: int, ends: str) -> None:
    assert listed_names([f"agent {number}" for number in range(count)]).endswith(ends)
