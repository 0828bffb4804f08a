"""Reports over HTTP: which days they cover, how they are grouped, and that what cannot be meant is told."""

import re
from typing import Any

import pytest

from tests.support.serving import BEFORE, Served, fresh


def test_the_backlog_at_an_instant_agrees_with_its_flow(desk: Served) -> None:
    desk.receive(occurred_at="2026-03-02T08:00:00Z", priority="P1")
    ticket = desk.receive(occurred_at="2026-03-02T09:00:00Z", priority="P2")
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-03T08:00:00Z"})
    desk.follow()
    groups = desk.get("/v1/reports/backlog?at=2026-03-02T10:00:00Z&by=priority").json()
    assert {group["of"]["priority"]: group["tickets"] for group in groups} == {"P1": 1, "P2": 1}
    (open_ticket,) = desk.get("/v1/reports/backlog/tickets?at=2026-03-03T10:00:00Z").json()["tickets"]
    assert open_ticket["priority"] == "P1"
    flow = desk.get("/v1/reports/backlog/flow?first=2026-03-02&last=2026-03-03").json()
    assert [(day["received"], day["resolved"], day["backlog_after"], day["holds"]) for day in flow] == [
        (2, 0, 2, True),
        (0, 1, 1, True),
    ]


def test_figures_come_with_the_stretch_of_time_they_are_of(desk: Served) -> None:
    ticket = desk.receive(occurred_at="2026-03-01T17:30:00Z")
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-01T18:30:00Z"})
    desk.post(f"{ticket}/rate-satisfaction", {"score": 5, "occurred_at": "2026-03-01T19:00:00Z"})
    desk.follow()
    params = {"first": "2026-03-02", "last": "2026-03-02", "zone": "Asia/Ho_Chi_Minh", "every": "day", "by": "priority"}
    report = desk.get("/v1/reports/handling-time", params=params).json()
    assert (report["start"], report["end"]) == ("2026-03-01T17:00:00Z", "2026-03-02T17:00:00Z")
    (figures,) = report["figures"]
    assert (figures["period"], figures["of"], figures["elapsed"]["mean"]) == ("2026-03-02", {"priority": "P2"}, 3600.0)
    (rated,) = desk.get("/v1/reports/satisfaction", params=params).json()["figures"]
    assert rated["satisfied"] == {"numerator": 1, "denominator": 1, "ratio": 1.0}
    (kept,) = [
        figures
        for figures in desk.get("/v1/reports/sla", params=params).json()["figures"]
        if figures["target"] == "resolution"
    ]
    assert kept["compliance"]["ratio"] == 1.0
    assert desk.get("/v1/reports/handling-time", params=params | {"priority": "P1"}).json()["figures"] == []


@pytest.mark.parametrize(
    "query",
    [
        "zone=Mars/Olympus",
        "zone=../../etc/passwd",
        "zone=%00",
        "first=2026-03-02&last=2026-03-01",
        "first=0001-01-01",
        "last=9999-12-31",
        "first=1900-01-01&last=2026-01-01",
        "every=decade",
        "by=colour",
        "team=%00",
        "known_at=2026-03-02T08:00:00",
        "as_of=yesterday",
        "as_of=0001-01-01T00:00:00%2B14:00",
        "last=0001-01-01",
        "as_of=0001-01-01T00:00:00Z",
        "as_of=9999-12-31T23:59:59Z&zone=Asia/Ho_Chi_Minh",
    ],
)
def test_a_report_that_cannot_be_understood_is_malformed(shared_desk: Served, query: str) -> None:
    for report in ("handling-time", "first-contact", "backlog", "backlog/flow", "sla"):
        answer = shared_desk.get(f"/v1/reports/{report}?{query}")
        assert answer.status_code in {200, 422}, answer.text
    assert shared_desk.get(f"/v1/reports/satisfaction?{query}").status_code == 422


def test_no_report_takes_a_word_that_it_would_pass_over(desk: Served) -> None:
    """Every reading says which words it does not know; every one that it knows is in the document."""
    for address in ("repeat-contacts?team=payments", "repeat-contacts?by=priority", "first-contact/tickets?every=day",
                    "first-contact/tickets?by=team", "sla/clocks?target=resolution&part=met&by=team",
                    "backlog/crossings?every=day", "workload?team=payments", "sla?prioritiy=P1"):  # fmt: skip
        answer = desk.get(f"/v1/reports/{address}")
        assert answer.status_code == 422, address
        assert [error["field"] for error in answer.json()["errors"]] == [re.split("[?&=]", address)[-2]]
    assert desk.post("/v1/sla/whatif?every=day", {}).status_code == 422
    paths: dict[str, dict[str, dict[str, Any]]] = desk.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        ids = {name: fresh() for name in re.findall("{(.*?)}", path)}
        where = path.format(**ids | {"actor_id": "lan", "agent": "lan", "name": "24x7", "number": "0"})
        for operation in methods.values():
            known = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
            if "requestBody" not in operation:
                answer = desk.get(where, params=dict.fromkeys([*known, "colour"], "7"))
                assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "colour"), path
                assert all(name in answer.json()["detail"] for name in known)


def test_a_command_says_everything_in_its_body(desk: Served) -> None:
    ticket = desk.receive()
    answer = desk.post(f"{ticket}/cancel?dry_run=true", {"cancelled_by": "customer", "reason": "sent twice"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "dry_run")
    assert len(desk.get(f"/v1/events?after={BEFORE}").json()["events"]) == 1


def test_every_report_is_narrowed_down_by_a_word_with_any_characters_in_it(desk: Served) -> None:
    word = "100% 'off' \\ %(at)s {at} $1 ưu đãi"
    ticket = desk.receive(category=word)
    desk.receive(category="100")
    desk.follow()
    only = {"category": word}
    (backlog,) = desk.get("/v1/reports/backlog", params=only).json()
    assert backlog["tickets"] == 1
    for address, name, params in (
        ("tickets", "tickets", only),
        ("reports/backlog/tickets", "tickets", only),
        ("reports/backlog/crossings", "crossings", only),
        ("reports/sla/due", "clocks", only),
        ("reports/sla/clocks", "clocks", only | {"target": "resolution", "part": "open"}),
    ):
        tickets = desk.get(f"/v1/{address}", params=params).json()[name]
        assert {row["ticket"] for row in tickets} == {ticket.rpartition("/")[2]}, address
    for report in ("first-contact", "sla", "sla/open", "reopenings", "handling-time"):
        assert desk.get(f"/v1/reports/{report}", params=only).status_code == 200, report


def test_every_report_of_what_was_resolved_leaves_out_the_same_tickets_and_tells_why(desk: Served) -> None:
    day = "2026-03-02T"
    lan = desk.post("/v1/customers", {"name": "Lan"}).json()["id"]
    survivor, merged, twice, cancelled = (
        desk.receive(customer_id=lan, occurred_at=f"{day}08:0{minute}:00Z") for minute in range(4)
    )
    into = survivor.rpartition("/")[2]
    desk.post(f"{merged}/merge", {"into": into, "reason": "the same question", "occurred_at": f"{day}09:00:00Z"})
    body = {"cancelled_as": "duplicate", "reason": "sent twice", "occurred_at": f"{day}09:00:00Z"}
    assert desk.post(f"{twice}/cancel", body).status_code == 200
    desk.post(f"{cancelled}/cancel", {"occurred_at": f"{day}09:00:00Z"})
    desk.post(f"{survivor}/resolve", {"resolution": "done", "occurred_at": f"{day}10:00:00Z"})
    desk.follow()
    params = {"first": "2026-03-02", "last": "2026-03-02"}
    left_out = {"merged": 1, "duplicate": 1, "spam": 0, "cancelled": 1}
    for report in ("first-contact", "handling-time", "satisfaction", "reopenings"):
        (figures,) = desk.get(f"/v1/reports/{report}", params=params).json()["figures"]
        assert figures["left_out"].items() >= left_out.items(), report
    (repeats,) = desk.get("/v1/reports/repeat-contacts", params=params).json()["figures"]
    assert repeats["repeated"] == {"numerator": 1, "denominator": 1, "ratio": 1.0}
    assert repeats["left_out"] == {"merged": 1, "duplicate": 1, "spam": 0}
    tickets = {desk.get(ticket).json()["outcome"] for ticket in (survivor, merged, twice, cancelled)}
    assert tickets == {"resolved", "merged", "duplicate", "cancelled"}
    (flow,) = desk.get("/v1/reports/backlog/flow", params=params).json()
    assert (flow["received"], flow["merged"], flow["cancelled"], flow["resolved"]) == (4, 1, 2, 1)


def test_a_rating_of_before_a_reopening_is_taken_after_it_and_counts_for_its_resolution(desk: Served) -> None:
    day = "2026-03-02T"
    ticket = desk.receive(occurred_at=f"{day}08:00:00Z")
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": f"{day}11:00:00Z"})
    desk.post(f"{ticket}/receive-message", {"body": "Again", "occurred_at": f"{day}12:00:00Z"})
    rated = desk.post(f"{ticket}/rate-satisfaction", {"score": 4, "occurred_at": f"{day}11:30:00Z"})
    assert (rated.status_code, rated.json()["events"]) == (200, 1)
    assert desk.post(f"{ticket}/rate-satisfaction", {"score": 4, "occurred_at": f"{day}12:30:00Z"}).status_code == 409
    desk.follow()
    params = {"first": "2026-03-02", "last": "2026-03-02"}
    (figures,) = desk.get("/v1/reports/satisfaction", params=params).json()["figures"]
    assert (figures["satisfied"]["numerator"], figures["responses"]["numerator"]) == (1, 1)


def test_a_message_to_a_merged_ticket_is_refused_with_the_ticket_that_goes_on(desk: Served) -> None:
    survivor, merged = desk.receive(), desk.receive()
    into = survivor.rpartition("/")[2]
    desk.post(f"{merged}/merge", {"into": into, "reason": "the same question"})
    for word, body in (("receive-message", {"body": "Hello?"}), ("send-reply", {"body": "Hi"}), ("start-work", {})):
        answer = desk.post(f"{merged}/{word}", body)
        assert (answer.status_code, answer.json()["merged_into"]) == (409, into)
        assert into in answer.json()["detail"]
    assert "merged_into" not in desk.post(f"{survivor}/close", {}).json()
