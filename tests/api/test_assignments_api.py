"""Assignment over HTTP: what is said of agents, who would be next, and why a ticket is assigned as it is."""

from typing import Any

import pytest

from tests.support.serving import Served, fresh

WORKFORCE = {
    "teams": [{"name": "Support", "lead": "mai"}],
    "agents": [{"name": "lan", "team": "Support", "capacity": 2}, {"name": "minh", "team": "Support"}],
}


def publish(desk: Served, kind: str, body: dict[str, Any]) -> None:
    whole = {"kind": kind, "effective_from": "2026-01-01T00:00:00Z", "body": body, "reason": "decided"}
    assert desk.put(f"/v1/definitions/{kind}/tenant", json=whole).status_code == 200


def read(desk: Served, path: str) -> Any:
    """The answer once the rows are up to the log."""
    desk.follow()
    return desk.get(path)


@pytest.fixture
def routed(desk: Served) -> Served:
    publish(desk, "workforce", WORKFORCE)
    publish(desk, "routing", {"default_team": "Support"})
    return desk


def test_what_is_said_of_an_agent_is_recorded_once(desk: Served) -> None:
    away = desk.post("/v1/agents/Lan%20Anh/go-away", {"agent": "Lan Anh"})
    assert (away.status_code, away.json()["events"]) == (200, 1)
    assert desk.post("/v1/agents/Lan%20Anh/go-away", {"agent": " Lan Anh"}).json()["events"] == 0
    assert desk.post("/v1/agents/Lan%20Anh/become-available", {"agent": "Lan Anh"}).json()["version"] == 2


def test_the_address_and_the_command_name_the_same_agent(desk: Served) -> None:
    assert desk.post("/v1/agents/lan/begin-call", {"agent": "minh"}).status_code == 422


def test_an_absence_that_is_over_is_refused(desk: Served) -> None:
    refused = desk.post("/v1/agents/lan/go-away", {"agent": "lan", "until": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "until_in_the_past")


def test_the_queue_says_who_would_get_each_ticket(routed: Served) -> None:
    ticket = routed.receive().rpartition("/")[2]
    routed.post("/v1/agents/minh/go-away", {"agent": "minh"})
    answer = read(routed, "/v1/assignments/queue").json()
    assert answer["routing_version"] == 1
    (first,) = answer["tickets"]
    assert (first["ticket"], first["choice"]["agent"], first["choice"]["because"]) == (ticket, "lan", "only_one")
    assert first["choice"]["candidates"] == [{"agent": "lan", "why": "chosen"}, {"agent": "minh", "why": "away"}]


def test_agents_are_listed_with_what_they_hold(routed: Served) -> None:
    for _ in range(3):
        routed.post(f"{routed.receive()}/assign", {"agent": "lan"})
    routed.post("/v1/agents/lan/begin-call", {"agent": "lan"})
    lan, minh = read(routed, "/v1/agents").json()
    assert (lan["agent"], lan["tickets"], lan["load"], lan["over_capacity"]) == ("lan", 3, 1.5, True)
    assert (lan["absent"], minh["absent"], minh["over_capacity"]) == ("in_call", None, False)


def test_the_assignment_of_a_ticket_is_explained(routed: Served) -> None:
    ticket = routed.receive()
    routed.post(f"{ticket}/assign", {"team": "Support", "agent": "lan"})
    explained = read(routed, f"{ticket}/assignment").json()
    (recorded,) = explained["recorded"]
    assert (recorded["agent"], recorded["proposed"], recorded["routing"]) == ("lan", False, None)
    assert (explained["now"]["team"], explained["now"]["agent"]) == ("Support", "minh")
    routed.post(f"{ticket}/resolve", {"resolution": "done"})
    assert read(routed, f"{ticket}/assignment").json()["now"] is None
    assert routed.get(f"/v1/tickets/{fresh()}/assignment").status_code == 404


def test_without_a_routing_nobody_is_next(desk: Served) -> None:
    desk.receive()
    assert read(desk, "/v1/assignments/queue").json() == {"routing_version": None, "tickets": []}
