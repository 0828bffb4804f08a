"""Automation over HTTP: rules, explanations, what-ifs, suspensions and stop switches, as on the command line."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.automation import stoppable
from domain.automation.events import AutomationSuspended
from tests.support.log import append_events
from tests.support.serving import Served, make_key, serving

RULE = {"on": ["ticket.received"], "when": {"field": "ticket.priority", "value": "P1"},
        "then": [{"do": "escalate", "to": "lead", "reason": "a P1"}]}  # fmt: skip


def publish(desk: Served, *, effective_from: str = "2026-01-01T00:00:00Z", **fields: Any) -> None:
    body = {"kind": "automation", "name": "urgent", "effective_from": effective_from, "reason": "agreed"}
    answer = desk.put("/v1/definitions/automation/urgent", json={**body, "body": RULE | fields})
    assert answer.status_code == 200, answer.text


def test_a_rule_is_published_listed_and_explained(desk: Served) -> None:
    publish(desk, title={"vi": "Khẩn cấp", "en": "Urgent"})
    ticket = desk.receive(priority="P3").rpartition("/")[2]
    desk.follow()
    (rule,) = desk.get("/v1/automation/rules").json()
    assert (rule["rule"], rule["state"], rule["title_vi"], rule["does"]) == ("urgent", "on", "Khẩn cấp", ["escalate"])
    (explanation,) = desk.get(f"/v1/automation/explain/{ticket}", params={"rule": "urgent"}).json()
    assert (explanation["verdict"], explanation["why"]) == ("not_fired", "condition")
    assert explanation["condition"] == {
        "field": "ticket.priority", "comparison": "is", "wanted": "P1", "has": "P3", "negated": False,
    }  # fmt: skip
    assert desk.get("/v1/automation/explain/01890a5d-ac96-774b-bcce-b302099a8099").status_code == 404


def test_a_what_if_takes_a_body_or_the_name_of_a_rule(desk: Served) -> None:
    publish(desk)
    desk.receive(priority="P1")
    desk.follow()
    by_body = desk.post("/v1/automation/what-if", {"body": RULE, "days": 1}).json()
    by_name = desk.post("/v1/automation/what-if", {"name": "urgent", "days": 1}).json()
    assert by_body["fired"] == by_name["fired"] == 1
    assert by_body["commands"] == {"escalate": 1}
    assert desk.post("/v1/automation/what-if", {"name": "unknown"}).status_code == 404
    assert desk.post("/v1/automation/what-if", {"body": RULE | {"on": ["x.y"]}}).status_code == 422
    assert desk.post("/v1/automation/what-if", {}).status_code == 422


def test_a_what_if_is_judged_at_the_instant_of_the_server_s_clock(database_url: str) -> None:
    years_later = datetime(2099, 1, 1, tzinfo=UTC)
    with serving(database_url, key=make_key(database_url, "admin"), clock=lambda: years_later) as desk:
        publish(desk, effective_from="2098-01-01T00:00:00Z")
        assert desk.post("/v1/automation/what-if", {"name": "urgent", "days": 1}).json()["fired"] == 0


def test_a_stop_is_an_event_and_is_seen_at_once(desk: Served) -> None:
    publish(desk)
    stop = {"what": "rule", "name": "Urgent", "stopped": True, "reason": "too many"}
    assert desk.post("/v1/automation/switches", stop).json()["events"] == 1
    assert desk.post("/v1/automation/switches", stop).json()["events"] == 0
    (rule,) = desk.get("/v1/automation/switches").json()
    last = desk.get("/v1/events").json()["events"][-1]
    assert (rule["what"], rule["name"], rule["reason"]) == ("rule", "urgent", "too many")
    assert (rule["since"], rule["position"]) == (last["occurred_at"], last["position"])
    assert (rule["actor"], rule["actor_kind"], rule["on_behalf_of"]) == (last["actor"]["id"], "agent", None)
    assert desk.post("/v1/automation/switches", stop | {"name": "URGENT", "stopped": False}).json()["events"] == 1
    assert desk.get("/v1/automation/switches").json() == []
    assert desk.post("/v1/automation/switches", stop | {"what": "world"}).status_code == 422


@pytest.mark.parametrize(
    ("what", "known"),
    [("rule", ": choose one of urgent"), ("channel", ": choose one of email, "), ("endpoint", ", and no other")],
)
def test_what_does_not_exist_is_not_stopped(desk: Served, what: str, known: str) -> None:
    publish(desk)
    before = len(desk.get("/v1/events").json()["events"])
    stop = {"what": what, "name": "urgentt", "stopped": True, "reason": "too many"}
    refused = desk.post("/v1/automation/switches", stop)
    assert (refused.status_code, refused.json()["code"]) == (409, "switch_unknown")
    assert f"there is no {what} 'urgentt'{known}" in refused.json()["detail"]
    assert desk.post("/v1/automation/switches", stop | {"stopped": False}).json()["events"] == 0
    assert len(desk.get("/v1/events").json()["events"]) == before


def test_the_stop_of_a_rule_that_went_may_be_repeated(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(desk)
    stop = {"what": "rule", "name": "urgent", "stopped": True, "reason": "too many"}
    assert desk.post("/v1/automation/switches", stop).json()["events"] == 1
    monkeypatch.setitem(stoppable.NAMES, "rule", lambda _connection, _tenant: [])
    assert desk.post("/v1/automation/switches", stop | {"name": "Urgent"}).json()["events"] == 0


def test_a_repeated_stop_gets_its_first_answer_after_the_rule_went_on_and_then_went(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(desk)
    stop, key = {"what": "rule", "name": "urgent", "stopped": True, "reason": "too many"}, {"Idempotency-Key": "once"}
    first = desk.post("/v1/automation/switches", stop, headers=key).json()
    assert desk.post("/v1/automation/switches", stop | {"stopped": False}).json()["events"] == 1
    monkeypatch.setitem(stoppable.NAMES, "rule", lambda _connection, _tenant: [])
    assert desk.post("/v1/automation/switches", stop, headers=key).json() == first | {"repeated": True}


def test_a_rule_that_takes_effect_later_is_stopped_beforehand(desk: Served) -> None:
    publish(desk, effective_from="2098-01-01T00:00:00Z")
    stop = {"what": "rule", "name": "urgent", "stopped": True, "reason": "a wrong condition"}
    assert desk.post("/v1/automation/switches", stop).json()["events"] == 1


def test_a_suspended_rule_is_listed_and_resumed(desk: Served) -> None:
    ticket = desk.receive().rpartition("/")[2]
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        append_events(connection, UUID(ticket), AutomationSuspended(rule="urgent", version=1, why="rate"))
    desk.follow()
    (suspension,) = desk.get("/v1/automation/suspended").json()
    assert (suspension["subject"], suspension["rule"], suspension["why"]) == (ticket, "urgent", "rate")
    resume = {"subject": ticket, "rule": "urgent", "reason": "mended"}
    assert desk.post("/v1/automation/resume", resume).json()["events"] == 1
    refused = desk.post("/v1/automation/resume", resume)
    assert (refused.status_code, refused.json()["code"]) == (409, "rule_not_suspended")
    desk.follow()
    assert desk.get("/v1/automation/suspended").json() == []


def test_only_an_administrator_stops_resumes_and_tries(desk: Served) -> None:
    reading = desk.as_key(make_key(desk.dsn, "read"))
    for path in ("switches", "resume", "what-if"):
        assert reading.post(f"/v1/automation/{path}", {}).status_code == 403
    assert reading.get("/v1/automation/rules").status_code == 200
