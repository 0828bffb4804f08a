"""Procedures over HTTP: started, worked through, listed, shown as they were, and on the timeline of the customer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from api.http.documentation import COMMITTED
from tests.support.definitions_over_http import put
from tests.support.procedures import TWO_STEPS
from tests.support.serving import CUSTOMER, Served


@pytest.fixture
def procedure(desk: Served) -> str:
    """The address of a running procedure about a ticket."""
    published = put(desk, "/v1/definitions/procedure/two", kind="procedure", name="two", body=TWO_STEPS)
    assert published.status_code in {200, 201}, published.text
    started = desk.post("/v1/procedures", start(desk.receive()))
    assert started.status_code == 201, started.text
    return str(started.headers["location"])


def start(ticket: str) -> dict[str, Any]:
    return {"procedure": "two", "subject": ticket.rpartition("/")[2], "subject_kind": "ticket"}


def test_a_procedure_is_worked_through_and_shown_as_it_was(desk: Served, procedure: str) -> None:
    before = datetime.now(UTC).isoformat()
    assert desk.post(f"{procedure}/complete-step", {"step": "first", "result": "ok"}).json()["events"] == 2
    assert desk.post(f"{procedure}/complete-step", {"step": "second"}).json()["events"] == 3
    refused = desk.post(f"{procedure}/skip-step", {"step": "second", "reason": "r"})
    assert (refused.status_code, refused.json()["code"]) == (409, "procedure_ended")
    desk.follow()
    answer = desk.get(procedure)
    assert answer.json()["procedure"]["state"] == "completed"
    assert [step["ended_as"] for step in answer.json()["steps"]] == ["done", "done"]
    assert answer.headers["etag"] == f'"{answer.json()["procedure"]["version"]}"'
    was = desk.get(procedure, params={"known_at": before}).json()
    assert (was["procedure"]["state"], [step["step"] for step in was["steps"]]) == ("running", ["first"])


def test_procedures_are_listed_by_what_is_asked(desk: Served, procedure: str) -> None:
    for _ in range(2):
        desk.post("/v1/procedures", start(desk.receive()))
    desk.follow()
    page = desk.get("/v1/procedures", params={"limit": 2}).json()
    rest = desk.get("/v1/procedures", params={"limit": 2, "cursor": page["next"]}).json()
    ids = [row["procedure_stream"] for row in page["procedures"] + rest["procedures"]]
    assert (len(set(ids)), rest["next"]) == (3, None)
    assert procedure.rpartition("/")[2] in ids
    assert (
        len(desk.get("/v1/procedures", params={"customer": str(CUSTOMER), "state": "running"}).json()["procedures"])
        == 3
    )
    assert desk.get("/v1/procedures", params={"state": "completed"}).json()["procedures"] == []
    assert desk.get("/v1/procedures", params={"overdue": "true"}).json()["procedures"] == []


def test_the_details_of_a_procedure_are_one_object_in_each_answer(desk: Served) -> None:
    """Those of the past are folded, and the list is read from the tables."""
    put(desk, "/v1/definitions/procedure/two", kind="procedure", name="two", body=TWO_STEPS)
    given = {"details": {"remedy": "hoàn tiền"}}
    address = desk.post("/v1/procedures", start(desk.receive()) | given).headers["location"]
    desk.follow()
    now = datetime.now(UTC).isoformat()
    listed = desk.get("/v1/procedures").json()["procedures"][0]
    shown = [desk.get(address, params=at).json()["procedure"] for at in ({}, {"as_of": now}, {"known_at": now})]
    assert [row["details"] for row in (listed, *shown)] == [given["details"]] * 4
    schema = json.loads(COMMITTED.read_text())["components"]["schemas"]["ProcedureRow"]["properties"]["details"]
    assert (schema["type"], schema["additionalProperties"]) == ("object", {"type": "string"})


def test_the_second_one_of_a_name_is_refused_with_the_first(desk: Served, procedure: str) -> None:
    desk.follow()
    subject = desk.get(procedure).json()["procedure"]["subject"]
    refused = desk.post("/v1/procedures", start(subject))
    assert refused.json()["code"] == "procedure_running"
    assert refused.json()["instance"] == procedure.rpartition("/")[2]


def test_the_timeline_of_the_customer_shows_the_procedure(desk: Served, procedure: str) -> None:
    desk.post(f"{procedure}/abandon", {"reason": "twice"})
    desk.follow()
    shown = desk.get(f"/v1/customers/{CUSTOMER}/timeline", params={"kind": "procedure"}).json()
    topics = [entry["topic"] for entry in shown["entries"]]
    assert (topics[0], topics[-1]) == ("procedure.started", "procedure.abandoned")
