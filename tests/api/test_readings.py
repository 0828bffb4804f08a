"""Readings over HTTP: what they say, as of which instant, after which position."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from api.migrations import migrate
from tests.support.serving import BEFORE, CUSTOMER, Served, fresh, make_key

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
    assert (answer.headers["etag"], answer.headers["ledger-position"]) == ('"2"', str(BEFORE + 2))
    assert desk.post(f"{ticket}/start-work", headers={"If-Match": answer.headers["etag"]}).status_code == 200


def test_a_ticket_that_is_not_there_is_not_found(desk: Served) -> None:
    for address in (f"/v1/tickets/{fresh()}", f"/v1/tickets/{fresh()}/sla", f"/v1/customers/{fresh()}"):
        assert desk.get(address).status_code == 404
    assert desk.get("/v1/tickets/seven").status_code == 422


def test_no_reading_answers_from_the_rows_of_another_release(desk: Served) -> None:
    with psycopg.connect(desk.dsn) as connection:
        connection.execute("update tenant_default.projection_positions set definition = 'of another'")
    for reading in READINGS:
        answer = desk.get(reading)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1"), reading


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
        tickets = desk.get(f"/v1/tickets?{query}").json()["tickets"]
        assert [row["ticket"] for row in tickets] == [id_of(ticket) for ticket in expected], query


def pages(desk: Served, address: str, name: str) -> list[list[Any]]:
    """All pages of two, following the cursors."""
    items, more = [], ""
    while more is not None:
        page = desk.get(f"{address}limit=2{more and f'&cursor={more}'}").json()
        items.append(page[name])
        more = page["next"]
    return items


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
        ("/v1/customers?", "customers", [2, 2, 2]),
        ("/v1/actors/lan/history?", "entries", [2] * 10),
        ("/v1/reports/backlog/tickets?", "tickets", [2, 2, 1]),
        ("/v1/reports/backlog/crossings?kind=resolved&", "crossings", [2, 2, 1]),
        ("/v1/reports/first-contact/tickets?", "tickets", [2, 2, 1]),
        ("/v1/reports/sla/clocks?target=resolution&part=met&", "clocks", [2, 2, 1]),
        ("/v1/reports/sla/clocks?target=resolution&part=open&", "clocks", [2, 2, 1]),
    ):
        items = pages(desk, address, name)
        assert [len(page) for page in items] == sizes, address
        rows = [str(row) for page in items for row in page]
        assert len(set(rows)) == len(rows), address


@pytest.mark.parametrize("cursor", ["x", "%00", "bnVsbA", "WzFd", "a" * 501, "Ijk5Ig"])
def test_a_cursor_that_is_none_is_malformed(shared_desk: Served, cursor: str) -> None:
    for address in ("/v1/tickets", "/v1/customers", "/v1/actors/lan/history"):
        answer = shared_desk.get(f"{address}?cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:ticketledger:malformed")


def test_a_customer_is_found_at_any_address(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Nguyễn Thị Lan"}).headers["location"]
    desk.post(f"{customer}/add-address", {"channel": "phone", "handle": "+84901234567"})
    desk.follow()
    answer = desk.get("/v1/customers", params={"channel": "phone", "handle": "+84901234567"}).json()
    assert [row["name"] for row in answer["customers"]] == ["Nguyễn Thị Lan"]
    assert desk.get("/v1/customers?channel=phone&handle=113").json()["customers"] == []
    assert desk.get("/v1/customers?channel=phone").status_code == 422
    (address,) = desk.get(customer).json()["addresses"]
    assert (address["channel"], address["handle"]) == ("phone", "+84901234567")


def test_a_history_tells_who_what_when_and_why_in_two_languages(desk: Served) -> None:
    ticket = desk.receive()
    desk.post(f"{ticket}/prioritise", {"priority": "P1", "reason": "all shops"}, headers={"X-Correlation-ID": "c7"})
    desk.follow()
    (_, entry) = desk.get(f"{ticket}/history").json()["entries"]
    assert (entry["actor"], entry["topic"], entry["channel"]) == ("lan", "ticket.prioritised", "api")
    assert (entry["reason"], entry["correlation_id"]) == ("all shops", "c7")
    assert entry["changes"] == [{"field": "priority", "old": "P2", "new": "P1"}]
    assert entry["sentence"] == "lan set the priority to P1"
    (_, told_entry) = desk.get(f"{ticket}/history?language=vi").json()["entries"]
    assert told_entry["sentence"] == "lan đặt độ ưu tiên là P1"


def test_the_history_of_what_is_not_there_is_not_found(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Lan"}).headers["location"]
    ticket = desk.receive()
    desk.follow()
    not_there = (
        f"/v1/tickets/{fresh()}/history",
        f"/v1/customers/{fresh()}/history",
        f"/v1/tickets/{customer.rpartition('/')[2]}/history",
        f"{ticket}/history?as_of=2026-01-01T00:00:00Z",
        f"{customer}/history?known_at=2026-01-01T00:00:00Z",
    )
    for address in not_there:
        answer = desk.get(address)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:ticketledger:not_found"), address
    assert len(desk.get(f"{ticket}/history").json()["entries"]) == 1
    assert len(desk.get(f"{customer}/history").json()["entries"]) == 1
    assert desk.get("/v1/actors/nobody/history").json()["entries"] == []


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
    assert (answered["verdict"], answered["elapsed_us"], answered["remaining_us"]) == ("met", 600_000_000, 300_000_000)
    assert (resolved["verdict"], resolved["elapsed_us"], resolved["remaining_us"]) == (
        "breached",
        5400 * 10**6,
        -1800 * 10**6,
    )
    assert resolved["due_at"] == "2026-03-02T09:00:00Z"
    assert sum(stretch["elapsed_us"] for stretch in resolved["stretches"]) == resolved["elapsed_us"]
    halfway = {clock["target"]: clock for clock in desk.get(f"{ticket}/sla?as_of=2026-03-02T08:30:00Z").json()}
    assert (halfway["resolution"]["state"], halfway["resolution"]["elapsed_us"]) == ("running", 1800 * 10**6)


@pytest.fixture(scope="module")
def neighbours(shared_desk: Served) -> tuple[Served, Served, dict[str, Any]]:
    """A desk with a customer and two tickets, the key of another tenant, and its answers before those were recorded."""
    migrate(shared_desk.dsn, "other")
    stranger = shared_desk.as_key(make_key(shared_desk.dsn, tenant="other"))
    empty = {address: stranger.get(address).json() for address in READINGS}
    customer = shared_desk.post("/v1/customers", {"name": "An"}).json()["id"]
    shared_desk.post(f"{shared_desk.receive(customer_id=customer)}/resolve", {"resolution": "done"})
    shared_desk.receive(customer_id=customer)
    shared_desk.follow()
    return shared_desk, stranger, empty


@pytest.mark.parametrize("address", READINGS)
def test_every_reading_answers_at_any_instant_and_for_its_tenant_alone(
    neighbours: tuple[Served, Served, dict[str, Any]], address: str
) -> None:
    desk, stranger, empty = neighbours
    join = "&" if "?" in address else "?"
    instant = datetime.now(UTC).isoformat().replace("+", "%2B")
    for extra in ("", f"known_at={instant}", f"as_of={instant}", f"known_at={instant}&as_of={instant}"):
        answer = desk.get(f"{address}{join}{extra}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["ledger-position"] == str(BEFORE + 4)
        assert answer.json() != empty[address] or address == "/v1/reports/sla/due"
    assert stranger.get(address).json() == empty[address]


def test_only_so_many_readings_of_the_past_fold_the_whole_log_at_once(desk: Served) -> None:
    ticket = desk.receive(occurred_at="2026-03-02T08:00:00Z")
    instant = "as_of=2026-03-03T08:00:00Z"
    slots = desk.container.past.slots
    with slots.slot("default", 0), slots.slot("default", 0):
        refused = desk.get(f"/v1/tickets?{instant}")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert desk.get(f"{ticket}?{instant}").status_code == 200, "one ticket costs little"
        assert desk.get("/v1/tickets").status_code == 200
    assert desk.get(f"/v1/tickets?{instant}").status_code == 200


FAR = ("0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")
EDGES = ("1900-01-01T00:00:00Z", "2999-12-31T23:59:59.999999Z")
OF_INSTANTS = (
    f"/v1/customers/{CUSTOMER}/permission?purpose=marketing&channel=email&as_of=",
    f"/v1/customers/{CUSTOMER}/dates?known_at=",
    f"/v1/customers/{CUSTOMER}/health?as_of=",
    "/v1/health?as_of=",
    "/v1/automation/rules?known_at=",
    "/v1/due?as_of=",
    "/v1/due?at=",
    "/v1/reports/backlog?at=",
    "/v1/definitions?at=",
    "/v1/sla/policy?at=",
)


@pytest.mark.parametrize("address", OF_INSTANTS)
def test_an_instant_of_which_no_day_can_be_computed_is_refused(desk: Served, address: str) -> None:
    desk.follow()
    for instant in FAR:
        refused = desk.get(address + instant)
        assert (refused.status_code, "from 1900-01-01 to 2999-12-31" in refused.json()["detail"]) == (422, True)
    for instant in EDGES:
        assert desk.get(address + instant).status_code in {200, 404}, instant
