"""Whatever is sent as a command: understood, refused or malformed, never a defect of ours."""

import json
import re
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http.command_table import COLLECTIONS, PUBLISHED
from api.http.request_body import LARGEST_BODY
from domain.event_log import reader
from tests.support.examples import examples
from tests.support.serving import RECEIPT, Served, fresh


@pytest.fixture
def desk(shared_desk: Served) -> Served:
    """One for all tests of this module: what one records, no other sees."""
    return shared_desk


def test_a_malformed_body_names_each_field(desk: Served) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {"priority": "P9", "colour": "red"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"priority", "colour"}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("priority", "P9", "choose one of 'P1', 'P2', 'P3' or 'P4'"),
        ("subject", "", "the text is too short: its least length is 1"),
        ("subject", "x" * 10_000, "write at most 200 characters"),
    ],
)
def test_the_message_of_a_bound_names_the_bound(desk: Served, field: str, value: str, message: str) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {field: value})
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": field, "message": message}])


def test_the_message_of_a_rule_stands_alone(desk: Served) -> None:
    answer = desk.post(f"{desk.receive()}/assign", {})
    assert answer.status_code == 422
    messages = [error["message"] for error in answer.json()["errors"]]
    assert messages
    assert not any(message.startswith("Value error") for message in messages)
    assert "Value error" not in answer.json()["detail"]


def test_a_what_if_of_an_instant_without_rules_is_malformed(desk: Served) -> None:
    answer = desk.post("/v1/sla/whatif", {"ladder": ["12h"]}, params={"as_of": "1901-12-09T08:56:01Z"})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["as_of"]


def test_an_address_without_a_uuid_is_malformed(desk: Served) -> None:
    assert desk.post("/v1/tickets/seven/start-work").status_code == 422


def test_a_command_to_an_unknown_ticket_is_refused(desk: Served) -> None:
    answer = desk.post(f"/v1/tickets/{fresh()}/start-work")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket_unknown")


@pytest.mark.parametrize("sent_as", [b"text/plain", b"application/jsonx", b"application/json-patch+json", b""])
def test_a_command_must_be_json(desk: Served, sent_as: bytes) -> None:
    answer = desk.send("POST", "/v1/tickets", json.dumps(RECEIPT).encode(), {b"content-type": sent_as})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")


@pytest.mark.parametrize("sent_as", [b"application/json", b"Application/JSON ; charset=UTF-8"])
def test_json_is_json_however_it_is_spelt(desk: Served, sent_as: bytes) -> None:
    assert desk.send("POST", "/v1/tickets", json.dumps(RECEIPT).encode(), {b"content-type": sent_as}).status_code == 201


def test_a_large_body_is_refused_however_it_comes(desk: Served) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b" " * 4096

    for content in (b" " * (LARGEST_BODY + 1), chunks()):
        answer = desk.send("POST", "/v1/tickets", content)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:ticketledger:too_large")
    assert sent < 20, "the rest of it was not even read"


def test_nothing_of_a_strangers_body_is_read(desk: Served) -> None:
    """Wherever a body is sent, whoever sends it is asked first."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        sent += 1
        yield b"{}"

    paths: dict[str, dict[str, dict[str, object]]] = desk.get("/openapi.json").json()["paths"]
    takes_body = [
        (method.upper(), re.sub(r"{\w+_id}", fresh(), path).format(kind="settings", name="office", agent="lan"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "requestBody" in operation
    ]
    what_ifs = [endpoint for endpoint in takes_body if endpoint[1].endswith(("/whatif", "/what-if"))]
    assert {("POST", "/v1/sla/whatif"), ("POST", "/v1/health/what-if")} < set(what_ifs)
    assert len(what_ifs) == 4, "the others are of the health of one customer, and of a rule"
    commands = sum(len(collection.commands) for collection in (*COLLECTIONS, *PUBLISHED))
    assert ("POST", "/v1/issued-reports") in takes_body
    assert len(takes_body) == len(what_ifs) + commands + 3
    for method, path in takes_body:
        assert desk.send(method, path, chunks(), {b"authorization": b"Bearer nobody"}).status_code == 401, path
    assert sent == 0
    assert desk.send("POST", "/v1/sla/whatif", chunks()).status_code == 200
    assert sent == 1


def test_another_policy_is_tried_out_with_json_of_bounded_size_alone(desk: Served) -> None:
    large = desk.send("POST", "/v1/sla/whatif", b" " * (LARGEST_BODY + 1))
    assert (large.status_code, large.json()["type"]) == (413, "urn:ticketledger:too_large")
    text = desk.send("POST", "/v1/sla/whatif", b"{}", {b"content-type": b"text/plain"})
    assert (text.status_code, text.json()["type"]) == (415, "urn:ticketledger:not_json")
    malformed = desk.send("POST", "/v1/sla/whatif", b'{"listed": -1}')
    assert (malformed.status_code, malformed.json()["errors"][0]["field"]) == (422, "listed")


def test_the_largest_body_that_is_allowed_is_read(desk: Served) -> None:
    text = json.dumps(RECEIPT)
    assert desk.send("POST", "/v1/tickets", text.ljust(LARGEST_BODY).encode()).status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"',
        b"{" * 5000,
        b"[" * 50_000,
        b'{"subject":' + b"1" * 50_000 + b"}",
        b'{"subject":"\\u0000"}',
        b'{"subject":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"subject":NaN}',
        b'{"occurred_at":"0001-01-01T00:00:00+14:00"}',
        b'{"occurred_at":1e300}',
    ],
)
def test_garbage_is_malformed(desk: Served, content: bytes) -> None:
    answer = desk.send("POST", "/v1/tickets", content)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("rate-satisfaction", {"score": True}),
        ("rate-satisfaction", {"score": "5"}),
        ("escalate", {"to": "vendor", "level": 2.0, "reason": "outage"}),
        ("log-effort", {"agent": "lan", "kind": "talk", "seconds": True}),
        ("send-reply", {"body": "b", "automated": "yes"}),
    ],
)
def test_what_is_no_number_or_no_boolean_is_not_taken_for_one(desk: Served, word: str, body: dict[str, object]) -> None:
    assert desk.post(f"{desk.receive()}/{word}", body).status_code == 422


@pytest.mark.parametrize(
    "written", [0, 1772413200, 1.5, "0", "1772413200", "1772413200.5", "2026-03-02", "2026-03-02T08:00:00", True, ""]
)
def test_an_instant_is_a_date_and_a_time_with_an_offset(desk: Served, written: object) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {"occurred_at": written})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "occurred_at"
    assert desk.get("/v1/tickets", params={"as_of": str(written)}).status_code == 422


@pytest.mark.parametrize("written", ["2026-03-02T08:00:00+07:00", "2026-03-02 01:00:00Z", "2026-03-02T08:00+07:00"])
def test_an_instant_of_any_offset_is_kept_in_utc(desk: Served, written: str) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {"occurred_at": written})
    assert answer.status_code == 201
    recorded = desk.get("/v1/events", params={"after": answer.json()["position"] - 1}).json()["events"]
    assert recorded[-1]["occurred_at"] == "2026-03-02T01:00:00Z"


def subject_at(desk: Served, position: int) -> str:
    with psycopg.connect(desk.dsn) as connection:
        (event,) = reader.page(connection, "default", position - 1, 10)
    subject: str = event.payload.subject
    return subject


@pytest.mark.parametrize("word", ["\x00", "a\x00b", "\x1e", "\u2028", "x" * 200, "🙂", "\u200fعربي"])
def test_any_text_is_stored_as_it_is_or_malformed(desk: Served, word: str) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {"subject": word})
    if answer.status_code == 201:
        assert subject_at(desk, answer.json()["position"]) == word
    else:
        assert answer.status_code == 422


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["P1", "zalo", "customer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SENT = [(collection, sent) for collection in COLLECTIONS for sent in collection.commands]


@pytest.fixture
def busy_desk(desk: Served) -> Served:
    """One whose pool has its connection: the pool draws random numbers when it makes one, which hypothesis forbids."""
    desk.receive()
    return desk


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_command_whatever_it_says_is_an_error_of_ours(busy_desk: Served, data: st.DataObject) -> None:
    collection, sent = data.draw(st.sampled_from(SENT))
    facts = {name: data.draw(st.just(value) | JSON) for name, value in sent.example.items()}
    address = f"/v1/{collection.name}"
    if sent.word:
        address += f"/{UUID(int=data.draw(st.integers(0, 3)))}/{sent.word}"
    answer = busy_desk.send("POST", address, json.dumps(facts).encode())
    assert answer.status_code in {200, 201, 409, 422}, answer.text
