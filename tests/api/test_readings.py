"""Readings over HTTP: what they say, as of which instant, after which position."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from api import waiting
from api.migration import migrate
from tests.api.serving import Served, fresh, make_key

READINGS = (
    "/v1/tickets",
    "/v1/customers",
    "/v1/reports/backlog",
    "/v1/reports/backlog/tickets",
    "/v1/reports/backlog/flow",
    "/v1/reports/backlog/crossings",
    "/v1/reports/first-contact",
    "/v1/reports/first-contact/tickets",
    "/v1/reports/repeat-contacts",
    "/v1/reports/handling-time",
    "/v1/reports/satisfaction",
    "/v1/reports/reopenings",
    "/v1/reports/workload",
    "/v1/reports/sla",
    "/v1/reports/sla/open",
    "/v1/reports/sla/clocks?target=resolution&part=open",
    "/v1/reports/sla/due",
    "/v1/actors/lan/history",
)


def id_of(address: str) -> str:
    return address.rpartition("/")[2]


def test_a_ticket_reads_as_its_commands_left_it(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/assign", {"team": "payments", "agent": "lan"})
    desk.follow()
    answer = desk.get(ticket)
    body = answer.json()
    assert (body["ticket"], body["state"], body["team"], body["agent"]) == (
        id_of(ticket),
        "assigned",
        "payments",
        "lan",
    )
    assert (answer.headers["etag"], answer.headers["ledger-position"]) == ('"2"', "2")
    assert desk.post(f"{ticket}/start-work", headers={"If-Match": answer.headers["etag"]}).status_code == 200


def test_a_ticket_that_is_not_there_is_not_found(desk: Served) -> None:
    for address in (f"/v1/tickets/{fresh()}", f"/v1/tickets/{fresh()}/sla", f"/v1/customers/{fresh()}"):
        assert desk.get(address).status_code == 404
    assert desk.get("/v1/tickets/seven").status_code == 422


def test_tickets_are_found_by_what_they_are_and_what_they_lack(desk: Served) -> None:
    first, second = desk.receive(), desk.receive(priority="P1", external_reference="INC7")
    desk.post(f"{first}/assign", {"team": "payments"})
    desk.follow()
    for query, expected in {
        "": [second, first],
        "priority=P1": [second],
        "external_reference=INC7": [second],
        "team=payments": [first],
        "team=": [second],
        "state=assigned": [first],
        "state=assigned&state=received": [second, first],
        "open=false": [],
        f"customer={fresh()}": [],
    }.items():
        found = desk.get(f"/v1/tickets?{query}").json()["tickets"]
        assert [row["ticket"] for row in found] == [id_of(ticket) for ticket in expected], query


def pages(desk: Served, address: str, name: str) -> list[list[Any]]:
    """All pages of two, following the cursors."""
    found, more = [], ""
    while more is not None:
        page = desk.get(f"{address}limit=2{more and f'&cursor={more}'}").json()
        found.append(page[name])
        more = page["next"]
    return found


def test_every_list_can_be_read_page_by_page(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "An"}).json()["id"]
    for _ in range(4):
        desk.post("/v1/customers", {"name": "Binh"})
    for _ in range(5):
        desk.receive(customer_id=customer)
    for _ in range(5):
        desk.post(f"{desk.receive(customer_id=customer)}/resolve", {"resolution": "done"})
    desk.follow()
    for address, name, sizes in (
        ("/v1/tickets?open=true&", "tickets", [2, 2, 1]),
        ("/v1/customers?", "customers", [2, 2, 1]),
        ("/v1/actors/lan/history?", "entries", [2] * 10),
        ("/v1/reports/backlog/tickets?", "tickets", [2, 2, 1]),
        ("/v1/reports/backlog/crossings?kind=resolved&", "crossings", [2, 2, 1]),
        ("/v1/reports/first-contact/tickets?", "tickets", [2, 2, 1]),
        ("/v1/reports/sla/clocks?target=resolution&part=met&", "clocks", [2, 2, 1]),
        ("/v1/reports/sla/clocks?target=resolution&part=open&", "clocks", [2, 2, 1]),
    ):
        found = pages(desk, address, name)
        assert [len(page) for page in found] == sizes, address
        rows = [str(row) for page in found for row in page]
        assert len(set(rows)) == len(rows), address


@pytest.mark.parametrize("cursor", ["x", "%00", "bnVsbA", "WzFd", "a" * 501, "Ijk5Ig"])
def test_a_cursor_that_is_none_is_malformed(desk: Served, cursor: str) -> None:
    for address in ("/v1/tickets", "/v1/customers", "/v1/actors/lan/history"):
        answer = desk.get(f"{address}?cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:ticketledger:malformed")


def test_a_customer_is_found_at_any_address(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Nguyễn Thị Lan"}).headers["location"]
    desk.post(f"{customer}/add-address", {"channel": "phone", "handle": "+84901234567"})
    desk.follow()
    found = desk.get("/v1/customers", params={"channel": "phone", "handle": "+84901234567"}).json()
    assert [row["name"] for row in found["customers"]] == ["Nguyễn Thị Lan"]
    assert desk.get("/v1/customers?channel=phone&handle=113").json()["customers"] == []
    assert desk.get("/v1/customers?channel=phone").status_code == 422
    assert desk.get(customer).json()["addresses"] == [{"channel": "phone", "handle": "+84901234567"}]


def test_a_history_tells_who_what_when_and_why_in_two_languages(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/prioritise", {"priority": "P1", "reason": "all shops"}, headers={"X-Correlation-ID": "c7"})
    desk.follow()
    (_, entry) = desk.get(f"{ticket}/history").json()["entries"]
    assert (entry["actor"], entry["topic"], entry["channel"]) == ("lan", "ticket.prioritised", "api")
    assert (entry["reason"], entry["correlation_id"]) == ("all shops", "c7")
    assert entry["changes"] == [{"field": "priority", "old": "P2", "new": "P1"}]
    assert entry["sentence"] == "lan set the priority to P1"
    (_, told) = desk.get(f"{ticket}/history?language=vi").json()["entries"]
    assert told["sentence"] == "lan đặt độ ưu tiên là P1"


def test_a_history_needs_a_scope_of_its_own(desk: Served) -> None:
    reads, audits = (desk.as_key(make_key(desk.dsn, scope)) for scope in ("read", "audit"))
    assert reads.get("/v1/actors/lan/history").status_code == 403
    assert audits.get("/v1/actors/lan/history").status_code == 200
    assert reads.get("/v1/tickets").status_code == 200


def test_a_ticket_is_read_as_it_was_known_and_as_it_was(desk: Served) -> None:
    before = datetime.now(UTC).isoformat()
    ticket = desk.receive(occurred_at="2026-03-02T08:00:00Z")
    known = desk.get("/v1/events").json()["events"][-1]["recorded_at"]
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-02T12:00:00Z"})

    def state(**instants: str) -> str | int:
        answer = desk.get(ticket, params=instants)
        return answer.json()["state"] if answer.status_code == 200 else answer.status_code

    assert state(known_at=before) == 404
    assert state(known_at=known) == "received"
    assert state(as_of="2026-03-02T07:59:59Z") == 404
    assert state(as_of="2026-03-02T11:59:59Z") == "received"
    assert state(as_of="2026-03-02T12:00:00Z") == "resolved"
    assert state(as_of="2026-03-02T12:00:00Z", known_at=known) == "received"
    assert desk.get("/v1/tickets", params={"as_of": "2026-03-02T11:00:00Z"}).json()["tickets"][0]["state"] == "received"


def test_the_clocks_of_a_ticket_are_accounted_for(desk: Served) -> None:
    ticket = desk.receive(occurred_at="2026-03-02T08:00:00Z", priority="P1")
    desk.post(f"{ticket}/send-reply", {"body": "Looking", "occurred_at": "2026-03-02T08:10:00Z"})
    desk.post(f"{ticket}/resolve", {"resolution": "done", "occurred_at": "2026-03-02T09:30:00Z"})
    clocks = {clock["target"]: clock for clock in desk.get(f"{ticket}/sla").json()}
    answered, resolved = clocks["first_response"], clocks["resolution"]
    assert (answered["verdict"], answered["elapsed_seconds"], answered["remaining_seconds"]) == ("met", 600, 300)
    assert (resolved["verdict"], resolved["elapsed_seconds"], resolved["remaining_seconds"]) == (
        "breached",
        5400,
        -1800,
    )
    assert resolved["due_at"] == "2026-03-02T09:00:00Z"
    assert sum(segment["seconds"] for segment in resolved["segments"]) == resolved["elapsed_seconds"]
    halfway = {clock["target"]: clock for clock in desk.get(f"{ticket}/sla?as_of=2026-03-02T08:30:00Z").json()}
    assert (halfway["resolution"]["state"], halfway["resolution"]["elapsed_seconds"]) == ("running", 1800)


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
    asked = {"first": "2026-03-02", "last": "2026-03-02", "zone": "Asia/Ho_Chi_Minh", "every": "day", "by": "priority"}
    report = desk.get("/v1/reports/handling-time", params=asked).json()
    assert (report["start"], report["end"]) == ("2026-03-01T17:00:00Z", "2026-03-02T17:00:00Z")
    (figures,) = report["figures"]
    assert (figures["period"], figures["of"], figures["elapsed"]["mean"]) == ("2026-03-02", {"priority": "P2"}, 3600.0)
    (rated,) = desk.get("/v1/reports/satisfaction", params=asked).json()["figures"]
    assert rated["satisfied"] == {"numerator": 1, "denominator": 1, "ratio": 1.0}
    (kept,) = [
        figures
        for figures in desk.get("/v1/reports/sla", params=asked).json()["figures"]
        if figures["target"] == "resolution"
    ]
    assert kept["compliance"]["ratio"] == 1.0
    assert desk.get("/v1/reports/handling-time", params=asked | {"priority": "P1"}).json()["figures"] == []


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
        "every=year",
        "by=colour",
        "team=%00",
        "known_at=2026-03-02T08:00:00",
        "as_of=yesterday",
        "as_of=0001-01-01T00:00:00%2B14:00",
    ],
)
def test_a_report_that_cannot_be_understood_is_malformed(desk: Served, query: str) -> None:
    for report in ("handling-time", "first-contact", "backlog/flow", "sla"):
        answer = desk.get(f"/v1/reports/{report}?{query}")
        assert answer.status_code in {200, 422}, answer.text
    assert desk.get(f"/v1/reports/satisfaction?{query}").status_code == 422


@pytest.mark.parametrize("address", READINGS)
def test_every_reading_answers_at_any_instant_and_for_its_tenant_alone(desk: Served, address: str) -> None:
    migrate(desk.dsn, "other")
    stranger = desk.as_key(make_key(desk.dsn, tenant="other"))
    empty = stranger.get(address)
    customer = desk.post("/v1/customers", {"name": "An"}).json()["id"]
    desk.post(f"{desk.receive(customer_id=customer)}/resolve", {"resolution": "done"})
    desk.receive(customer_id=customer)
    desk.follow()
    join = "&" if "?" in address else "?"
    instant = datetime.now(UTC).isoformat().replace("+", "%2B")
    for extra in ("", f"known_at={instant}", f"as_of={instant}", f"known_at={instant}&as_of={instant}"):
        answer = desk.get(f"{address}{join}{extra}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["ledger-position"] == "4"
        assert answer.json() != empty.json() or address == "/v1/reports/sla/due"
    assert stranger.get(address).json() == empty.json()


def test_a_reading_waits_until_it_includes_a_write(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "POLL_SECONDS", 60.0)  # only the signal can tell in time
    answer = desk.post("/v1/customers", {"name": "An"})
    address, position = answer.headers["location"], answer.headers["ledger-position"]
    assert desk.get(address).status_code == 404, "nobody has followed the log yet"
    late = desk.get(f"{address}?after={position}&wait=0.05")
    assert (late.status_code, late.json()["type"], late.json()["position"]) == (504, "urn:ticketledger:not_reached", 0)
    with ThreadPoolExecutor(1) as pool:
        answer_to_come = pool.submit(desk.get, f"{address}?after={position}&wait=20")
        desk.follow()
        assert answer_to_come.result().status_code == 200
    assert desk.get(f"{address}?after={position}&wait=0").status_code == 200, "it is there already"
    assert desk.get(f"{address}?wait=31").status_code == 422


def test_a_reading_waits_also_when_the_signal_is_lost(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower's commit is seen by polling when its notification never comes, and the connection is made anew."""
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0.05)
    address = desk.post("/v1/customers", {"name": "An"}).headers["location"]
    assert desk.get(f"{address}?after=1&wait=0.1").status_code == 504
    with psycopg.connect(desk.dsn, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        other.execute("update tenant_default.projection_positions set position = 1")
    assert desk.get(f"{address}?after=1&wait=20").status_code == 404, "the position is reached, the row is not there"
