"""What requests leave in the access journal: readings, refusals, denials, failed sign-ins; no word of a customer."""

import json
import logging
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from api.access_journal import journal as access_journal
from api.api_keys import parse_token, revoke_key
from api.http.access_table import ACCESS_TABLE
from api.http.commands import command_addresses
from api.http.documentation import COMMITTED
from api.screen.access_table import SCREEN_ACCESS
from api.screen.actions.form_pages import form_addresses
from api.screen.endpoints.actions import action_addresses
from api.screen.page_errors import ScreenRoute
from api.screen.pages.desk import PAGE
from api.serving.app import create_app
from api.settings import Settings
from tests.support.database_rights import SCHEMA, connect
from tests.support.patience import ENDLESS
from tests.support.serving import CUSTOMER, Served, make_key, serving

CANARY = "Trần Hoàng Yến"
NUMBER = "0912345678"


@pytest.fixture(autouse=True)
def written_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """No batch cuts the readings of a test in two, however busy the computer is."""
    monkeypatch.setattr(access_journal, "EVERY_SECONDS", ENDLESS)


def journal(served: Served, tenant: str = "default") -> list[dict[str, Any]]:
    """The entries, after what waits is written."""
    assert served.container.journal.flush()
    with connect(served.dsn) as connection:
        rows = connection.execute(f"select entry from tenant_{tenant}.access_journal order by position").fetchall()
    return [json.loads(entry) for (entry,) in rows]


def test_every_address_says_what_is_recorded_of_it() -> None:
    paths = json.loads(COMMITTED.read_text())["paths"]
    addresses = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert addresses - command_addresses() == ACCESS_TABLE.keys()


def test_every_page_says_what_is_recorded_of_it() -> None:
    routes = [route for route in create_app(Settings(dsn="")).routes if isinstance(route, ScreenRoute)]
    addresses = {f"{method} {route.path}" for route in routes for method in route.methods or ()}
    assert addresses - action_addresses() - form_addresses() == SCREEN_ACCESS.keys()


def test_what_an_address_of_a_customer_or_a_ticket_tells_is_recorded() -> None:
    about = ("{customer_id}", "{ticket_id}", "{contract_id}", "{file_id}", "{notification_id}", "/facts", "/search")
    assert None not in {ACCESS_TABLE[address] for address in ACCESS_TABLE if address.endswith(about)}


def test_a_reading_says_who_read_what_how_much_through_which_key_and_from_where(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    desk.get(ticket)
    desk.get("/v1/tickets", params={"customer": str(CUSTOMER)})
    desk.get("/v1/sla/policy")
    token = parse_token(desk.key or "")
    assert token is not None
    single, several = journal(desk)
    common = {"action": "read", "actor": "lan", "kind": "agent", "key": token.key_id, "origin": "127.0.0.1",
              "outcome": "done", "rows": 1, "times": 1}  # fmt: skip
    at = datetime.fromisoformat(single.pop("at"))
    assert (datetime.now(UTC) - at).total_seconds() < 60
    assert single == common | {"what": "GET /v1/tickets/{ticket_id}", "subjects": {"ticket": ticket.rpartition("/")[2]}}
    del several["at"]
    assert several == common | {"what": "GET /v1/tickets", "subjects": {"customer": str(CUSTOMER)}}


def test_a_reading_that_found_nothing_says_so(desk: Served) -> None:
    assert desk.get(f"/v1/tickets/{uuid4()}").status_code == 404
    (entry,) = journal(desk)
    assert (entry["outcome"], "rows" in entry) == ("not_found", False)


def test_head_and_not_modified_are_readings_as_well(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    tag = desk.get(ticket).headers["etag"]
    assert desk.get(ticket, headers={"If-None-Match": tag}).status_code == 304
    assert desk.send("HEAD", ticket, b"").status_code == 200
    entries = journal(desk)
    assert {entry["what"] for entry in entries} == {"GET /v1/tickets/{ticket_id}"}
    assert [sum(entry[count] for entry in entries) for count in ("times", "rows")] == [3, 3]


def test_a_refused_command_is_recorded_with_its_code_and_state_and_one_that_succeeds_is_not(desk: Served) -> None:
    ticket = desk.receive()
    assert desk.post(f"{ticket}/reopen", {"reason": CANARY}).status_code == 409
    (entry,) = journal(desk)
    fields = {name: entry.get(name) for name in ("action", "what", "actor", "outcome", "state", "times")}
    assert fields == {"action": "refused", "what": "POST /v1/tickets/{ticket_id}/reopen", "actor": "lan",
                    "outcome": "ticket_not_resolved", "state": "received", "times": 1}  # fmt: skip


def test_a_denied_request_is_recorded_whatever_the_address(desk: Served) -> None:
    other = desk.as_key(make_key(desk.dsn, "read", actor="minh"))
    assert other.post("/v1/tickets", {}).status_code == 403
    assert other.get("/v1/events").status_code == 403
    assert other.get("/v1/tickets", headers={"On-Behalf-Of": "lan"}).status_code == 200
    entries = journal(desk)
    assert [(entry["action"], entry["actor"], entry["outcome"]) for entry in entries] == [
        ("denied", "minh", "forbidden"), ("denied", "minh", "forbidden"), ("read", "minh", "done"),
    ]  # fmt: skip
    assert "on_behalf_of" not in entries[2]


def test_on_whose_behalf_a_gateway_read_is_recorded(desk: Served) -> None:
    gateway = desk.as_key(make_key(desk.dsn, "read", actor="gateway", acts_for_others=True))
    gateway.get("/v1/tickets", headers={"On-Behalf-Of": "linh"})
    (entry,) = journal(desk)
    assert (entry["actor"], entry["on_behalf_of"]) == ("gateway", "linh")


def test_a_failed_sign_in_says_why_and_with_which_key(desk: Served) -> None:
    key = desk.key or ""
    expired = make_key(desk.dsn, "read", expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    revoked = make_key(desk.dsn, "read")
    with connect(desk.dsn) as connection:
        token = parse_token(revoked)
        assert token is not None
        revoke_key(connection, "default", token.key_id)
    guessed = key[:-64] + "0" * 64
    for credential in (expired, revoked, guessed, guessed, "tl_nobody_0123456789abcdef_" + "0" * 64, "no key", None):
        assert desk.as_key(credential).get("/v1/tickets").status_code == 401
    failures = [(entry["outcome"], entry["key"], entry["times"]) for entry in journal(desk)]
    assert failures == [("expired", expired[11:27], 1), ("revoked", revoked[11:27], 1), ("unknown", key[11:27], 2)]


def test_a_customer_is_named_by_the_key_and_not_by_the_name(desk: Served) -> None:
    customer = make_key(desk.dsn, "read", actor=CANARY)
    with connect(desk.dsn) as connection:
        connection.execute(f"update {SCHEMA}.api_keys set actor_kind = 'customer' where actor_id = %s", [CANARY])
    desk.as_key(customer).get("/v1/tickets")
    (entry,) = journal(desk)
    assert (entry["kind"], entry["key"], "actor" in entry) == ("customer", customer[11:27], False)


def test_no_word_of_a_customer_is_in_the_journal_or_in_the_log(desk: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    customer = str(uuid4())
    desk.post("/v1/customers", {"name": CANARY})
    desk.post("/v1/customers", {"name": CANARY, "addresses": [{"channel": "phone", "handle": NUMBER}]})
    desk.receive(subject=CANARY)
    desk.follow()
    for path, given in (
        ("/v1/search", {"q": CANARY}),
        ("/v1/customers/suggest", {"q": NUMBER}),
        ("/v1/customers", {"channel": "phone", "handle": NUMBER}),
        ("/v1/tickets", {"agent": CANARY}),
        ("/v1/tickets", {CANARY: customer}),
        (f"/v1/actors/{CANARY}/history", {}),
        (f"/v1/actors/{customer}/history", {"language": CANARY}),
        (f"/v1/tickets/{CANARY}", {}),
        (f"/v1/definitions/{CANARY}/{NUMBER}", {}),
        (f"/v1/{CANARY}", {}),
    ):
        desk.get(path, params=given)
    desk.post(f"/v1/tickets/{CANARY}/assign", {"team": CANARY})
    with connect(desk.dsn) as connection:
        written = str(journal(desk)) + str(connection.execute(f"select * from {SCHEMA}.access_journal").fetchall())
    assert "GET /v1/search" in written
    assert "GET /v1/tickets" in written
    for text in (written, "\n".join(record.getMessage() for record in caplog.records if "httpx" not in record.name)):
        assert not [word for word in (*CANARY.split(), NUMBER) if word in text]


def test_the_feed_counts_its_events_and_a_stream_is_recorded_when_it_begins(desk: Served) -> None:
    desk.receive()
    events = desk.get("/v1/events").json()["events"]
    (entry,) = journal(desk)
    assert (entry["action"], entry["rows"]) == ("export", len(events))


def test_a_reading_is_answered_while_the_journal_cannot_be_written(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(database_url)
    with serving(database_url, key=key) as served:
        served.follow()
        journal_of = served.container.journal
        with monkeypatch.context() as patched:
            patched.setattr(journal_of, "_write", lambda *_: (_ for _ in ()).throw(psycopg.OperationalError("gone")))
            assert served.get("/v1/tickets").status_code == 200
            assert not journal_of.flush()
        assert [entry["what"] for entry in journal(served)] == ["GET /v1/tickets"]


def test_what_waits_is_written_when_the_server_stops(database_url: str) -> None:
    key = make_key(database_url)
    with serving(database_url, key=key) as served:
        served.get("/v1/tickets")
    with connect(database_url) as connection:
        assert connection.execute(f"select count(*) from {SCHEMA}.access_journal").fetchone() == (1,)


def test_what_an_open_page_asks_for_anew_is_recorded_once_and_each_loading_of_the_page(desk: Served) -> None:
    panel = f"/desk?panel={PAGE.panels[0].name}"
    for path in ("/desk", panel, panel, "/desk", "/moved?page=nothing"):
        desk.get(path)
    assert times(desk) == {"GET /desk": 3}


def test_each_question_of_panels_is_recorded_and_a_true_repeat_is_not(desk: Served) -> None:
    for n in range(16):
        assert desk.get(f"/customers?panel=search&panel=matches&q=Nguyen{n}").status_code == 200
        assert desk.get(f"/customers?q=Nguyen{n}&panel=search").status_code == 200
    assert times(desk) == {"GET /customers": 16}


def test_a_panel_that_no_open_page_asks_for_again_is_recorded_each_time(desk: Served) -> None:
    for _ in range(3):
        assert desk.get("/audit?panel=history").status_code == 200
    assert times(desk) == {"GET /audit": 3}


def times(desk: Served) -> Counter[str]:
    """How often each address was read, over all entries: those of one writing are joined."""
    counts: Counter[str] = Counter()
    for entry in journal(desk):
        counts[entry["what"]] += entry["times"]
    return counts
