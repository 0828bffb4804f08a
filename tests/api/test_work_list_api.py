"""Tasks and the work list over HTTP, from the command to the page."""

from typing import Any

import pytest

from domain.ids import new_id
from tests.support.serving import Served

NOON, EVENING = "2026-03-02T12:00:00Z", "2026-03-02T20:00:00Z"


def opened(desk: Served, **facts: object) -> str:
    answer = desk.post("/v1/tasks", {"title": "Gọi lại"} | facts)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def items(desk: Served, query: str) -> list[dict[str, Any]]:
    desk.follow()
    answer = desk.get(f"/v1/work?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_the_work_of_an_agent_is_one_list_by_due_time(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/assign", {"team": "care", "agent": "lan"})
    desk.post(f"{ticket}/promise-callback", {"at": EVENING})
    task = opened(desk, agent="lan", due_at=NOON, about=ticket.rpartition("/")[2], about_kind="ticket")
    opened(desk, agent="hoa", due_at=NOON)
    found = items(desk, "agent=lan")
    assert [(item["kind"], item["number"], item["late"]) for item in found] == [
        ("task", 0, True),
        ("callback", 3, True),
        ("ticket", 0, False),
    ]
    assert {item["ticket"] for item in found} == {ticket.rpartition("/")[2]}
    desk.post(f"{ticket}/keep-callback", {"promise": 3})
    desk.post(f"{task}/complete", {"result": "done"})
    assert [item["kind"] for item in items(desk, "agent=lan")] == ["ticket"]
    assert [item["kind"] for item in items(desk, "team=care&agent=")] == []


def test_pages_follow_each_other(desk: Served) -> None:
    tasks = [opened(desk, team="care", due_at=NOON).rpartition("/")[2] for _ in range(5)]
    desk.follow()
    found, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/v1/work?team=care&limit=2{cursor and f'&cursor={cursor}'}").json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == sorted(tasks)


@pytest.mark.parametrize("query", ["", "limit=5", "agent=lan&cursor=x", "agent=lan&colour=red"])
def test_a_list_of_nobody_and_a_foreign_cursor_are_malformed(desk: Served, query: str) -> None:
    assert desk.get(f"/v1/work?{query}").status_code == 422


def test_tasks_are_listed_and_shown_with_what_became_of_them(desk: Served) -> None:
    task = opened(desk, team="care", due_at=NOON)
    desk.post(f"{task}/assign", {"agent": "lan"})
    desk.post(f"{task}/reschedule", {"due_at": EVENING, "reason": "the customer is away"})
    opened(desk, team="care")
    desk.post(f"{task}/complete", {"result": "called"})
    desk.follow()
    answer = desk.get(task)
    shown = answer.json()
    assert answer.headers["etag"] == '"4"'
    assert (shown["state"], shown["agent"], shown["due_at"], shown["result"]) == ("done", "lan", EVENING, "called")
    assert [each["task"] for each in desk.get("/v1/tasks?state=done&team=care").json()["tasks"]] == [shown["task"]]
    assert len(desk.get("/v1/tasks?limit=1").json()["tasks"]) == 1
    first = desk.get("/v1/tasks?limit=1").json()
    assert desk.get(f"/v1/tasks?limit=1&cursor={first['next']}").json()["tasks"][0]["task"] == shown["task"]
    assert desk.get(f"/v1/tasks/{new_id()}").status_code == 404


def test_a_task_for_a_customer_that_is_not_registered_is_refused(desk: Served) -> None:
    refused = desk.post("/v1/tasks", {"title": "call", "customer_id": str(new_id())})
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_unknown")
