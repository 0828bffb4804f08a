"""Tasks and the work list over HTTP, from the command to the page."""

import json
from typing import Any

import pytest

from domain.ids import new_id
from tests.support.serving import Served, make_key

NOON, EVENING = "2026-03-02T12:00:00Z", "2026-03-02T20:00:00Z"


def opened(desk: Served, **facts: object) -> str:
    answer = desk.post("/v1/tasks", {"title": "Gọi lại"} | facts)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def items(desk: Served, query: str) -> list[dict[str, Any]]:
    desk.follow()
    answer = desk.get(f"/v1/work?{query}")
    assert answer.status_code == 200, answer.text
    work: list[dict[str, Any]] = answer.json()["items"]
    return work


def test_the_work_of_an_agent_is_one_list_by_due_time(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/assign", {"team": "care", "agent": "lan"})
    desk.post(f"{ticket}/promise-callback", {"at": EVENING})
    task = opened(desk, agent="lan", due_at=NOON, about=ticket.rpartition("/")[2], about_kind="ticket")
    opened(desk, agent="hoa", due_at=NOON)
    work = items(desk, "agent=lan")
    assert [(item["kind"], item["number"], item["late"]) for item in work] == [
        ("task", 0, True),
        ("callback", 3, True),
        ("ticket", 0, False),
    ]
    assert {item["ticket"] for item in work} == {ticket.rpartition("/")[2]}
    desk.post(f"{ticket}/keep-callback", {"promise": 3})
    desk.post(f"{task}/complete", {"result": "done"})
    assert [item["kind"] for item in items(desk, "agent=lan")] == ["ticket"]
    assert [item["kind"] for item in items(desk, "team=care&agent=")] == []


def test_pages_follow_each_other(desk: Served) -> None:
    tasks = [opened(desk, team="care", due_at=NOON).rpartition("/")[2] for _ in range(5)]
    desk.follow()
    ids, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/v1/work?team=care&limit=2{cursor and f'&cursor={cursor}'}").json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert ids == sorted(tasks)


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


def publish(desk: Served, kind: str, body: dict[str, Any]) -> None:
    definition = {"kind": kind, "effective_from": "2026-01-01T00:00:00Z", "body": body, "reason": "decided"}
    answer = desk.as_key(make_key(desk.dsn, "admin")).send(
        "PUT", f"/v1/definitions/{kind}/tenant", json.dumps(definition).encode()
    )
    assert answer.status_code == 200, answer.text


def test_published_thanks_rest_and_reviewed_replies_wait_for_another_person(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/assign", {"agent": "lan"})
    assert desk.post(f"{ticket}/send-reply", {"body": "Xin chào"}).status_code == 200
    publish(desk, "review", {"categories": ["login"]})
    publish(desk, "thanks", {"phrases": ["cảm ơn"]})
    refused = desk.post(f"{ticket}/send-reply", {"body": "Xin chào"})
    assert (refused.status_code, refused.json()["code"]) == (409, "reply_needs_review")
    proposed = desk.post(f"{ticket}/propose-reply", {"body": "Xin chào"}).json()["version"]
    own = desk.post(f"{ticket}/approve-reply", {"proposal": proposed})
    assert (own.status_code, own.json()["code"]) == (409, "own_proposal")
    other = desk.as_key(make_key(desk.dsn, "tickets:write", actor="hoa"))
    assert other.post(f"{ticket}/approve-reply", {"proposal": proposed}).json()["events"] == 2
    desk.post(f"{ticket}/resolve", {"resolution": "done"})
    thanks = desk.post(f"{ticket}/receive-message", {"body": "Cảm ơn"}).json()
    assert thanks["events"] == 2
    desk.follow()
    assert desk.get(ticket).json()["state"] == "resolved"
    desk.post(f"{ticket}/take-back-thanks", {"message": thanks["version"] - 1, "reason": "asks for the invoice"})
    desk.follow()
    assert desk.get(ticket).json()["state"] == "assigned"
