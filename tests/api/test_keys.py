"""Who may do what: keys, scopes, tenants, and where a desk may listen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep

import httpx
import psycopg
import pytest
from psycopg import sql

from api.api_keys import keys_exist, list_keys, revoke_key
from api.http import authentication
from api.migrations import migrate
from api.settings import ListenRefused, check_listen
from domain.event_log import reader
from tests.support.impatience import let_nobody_wait
from tests.support.registered import register
from tests.support.serving import BEFORE, CUSTOMER, RECEIPT, Served, fresh, id_of, make_key, serving


@pytest.mark.parametrize(
    "key", [None, "", "tl_default_0_0", f"tl_default_{'0' * 16}_{'0' * 64}", "tl_nowhere_" + "0" * 80]
)
def test_a_stranger_is_asked_who_they_are(desk: Served, key: str | None) -> None:
    for answer in (desk.as_key(key).post("/v1/tickets", RECEIPT), desk.as_key(key).get("/v1/events")):
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:ticketledger:unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_with_another_secret_is_unknown(desk: Served) -> None:
    assert desk.key is not None
    forged = desk.key[:-1] + ("0" if desk.key[-1] != "0" else "1")
    assert desk.as_key(forged).get("/v1/events").status_code == 401
    assert desk.get("/v1/events").status_code == 200


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("tickets:write", {"ticket"}),
        ("customers:write", {"customer"}),
        ("feed", {"feed"}),
        ("read", set()),
        ("admin", {"ticket", "customer", "feed"}),
    ],
)
def test_a_key_allows_what_its_scopes_name(desk: Served, scope: str, allowed: set[str]) -> None:
    caller = desk.as_key(make_key(desk.dsn, scope))
    statuses = {
        "ticket": caller.post("/v1/tickets", RECEIPT).status_code,
        "customer": caller.post("/v1/customers", {"name": "Lan"}).status_code,
        "feed": caller.get("/v1/events").status_code,
    }
    assert {name for name, status in statuses.items() if status != 403} == allowed
    assert set(statuses.values()) <= {200, 201, 403}


def test_a_key_of_one_tenant_reaches_nothing_of_another(desk: Served) -> None:
    migrate(desk.dsn, "other")
    stranger = desk.as_key(make_key(desk.dsn, tenant="other"))
    ticket = desk.receive()
    assert stranger.post(f"{ticket}/start-work").json()["code"] == "ticket_unknown"
    assert [event["tenant"] for event in stranger.get("/v1/events").json()["events"]] == ["other"] * BEFORE
    assert stranger.receive() != ticket
    with psycopg.connect(desk.dsn) as connection:
        assert reader.head(connection, "default") == reader.head(connection, "other") == BEFORE + 1


def test_a_tenants_idempotency_keys_are_its_own(desk: Served) -> None:
    migrate(desk.dsn, "other")
    stranger = desk.as_key(make_key(desk.dsn, tenant="other"))
    key = {"Idempotency-Key": fresh()}
    assert not desk.post("/v1/tickets", RECEIPT, headers=key).json()["repeated"]
    assert not stranger.post("/v1/tickets", RECEIPT, headers=key).json()["repeated"]


def test_a_revoked_key_is_refused_once_it_is_looked_up_again(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    assert desk.key is not None
    assert desk.get("/v1/events").status_code == 200
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        assert revoke_key(connection, "default", desk.key.split("_")[2])
        assert not revoke_key(connection, "default", "unknown")
        assert not keys_exist(connection)
    assert desk.get("/v1/events").status_code == 401


def test_a_key_that_is_revoked_while_its_reading_waits_reads_nothing(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    ticket = desk.receive()
    with ThreadPoolExecutor(1) as apart:
        waiting = apart.submit(desk.get, f"{ticket}?after={BEFORE + 1}&wait=30")
        while not (waiting.done() or desk.container.tenants["default"].positions.waiting):
            sleep(0.01)
        with psycopg.connect(desk.dsn, autocommit=True) as connection:
            revoke_key(connection, "default", id_of(desk.key))
        desk.follow()
        assert waiting.result().status_code == httpx.codes.UNAUTHORIZED


def test_an_expired_key_is_refused(desk: Served) -> None:
    soon, past = (datetime.now(UTC) + timedelta(hours=hours) for hours in (1, -1))
    assert desk.as_key(make_key(desk.dsn, expires_at=soon)).get("/v1/events").status_code == 200
    assert desk.as_key(make_key(desk.dsn, expires_at=past)).get("/v1/events").status_code == 401


def test_a_secret_is_nowhere_in_the_database(desk: Served) -> None:
    assert desk.key is not None
    secret = desk.key.split("_")[3]
    with psycopg.connect(desk.dsn) as connection:
        schema = sql.Identifier("tenant_default")
        rows = connection.execute(sql.SQL("select k::text from {}.api_keys k").format(schema)).fetchall()
        (key,) = list_keys(connection, "default")
    assert secret not in str(rows)
    assert (key.actor_id, key.scopes, key.revoked_at) == ("lan", ["admin"], None)


def test_a_scope_that_does_not_exist_is_not_given(database_url: str) -> None:
    with pytest.raises(ValueError, match="choose from"):
        make_key(database_url, "everything")


def test_only_a_key_that_allows_it_acts_for_others(desk: Served) -> None:
    headers = {"On-Behalf-Of": "minh"}
    assert desk.post("/v1/tickets", RECEIPT, headers=headers).status_code == 403
    assistant = desk.as_key(make_key(desk.dsn, acts_for_others=True))
    assert assistant.post("/v1/tickets", RECEIPT, headers=headers).status_code == 201
    assert assistant.post("/v1/tickets", RECEIPT, headers={"On-Behalf-Of": " "}).status_code == 422
    (event,) = assistant.get(f"/v1/events?after={BEFORE}").json()["events"]
    assert event["actor"] == {"id": "lan", "kind": "agent", "on_behalf_of": "minh"}


def test_without_keys_whoever_is_on_this_computer_acts_as_local(database_url: str) -> None:
    register(database_url, CUSTOMER)
    with serving(database_url, keyless="default") as desk:
        desk.receive()
        assert desk.get("/v1/events").json()["events"][BEFORE]["actor"] == {"id": "local", "kind": "agent"}


def test_without_keys_a_name_that_is_not_this_computers_is_not_served(database_url: str) -> None:
    """A page of another site that has its name point here must not act as whoever sits at the browser."""
    with serving(database_url, keyless="default") as desk:
        for host in ("evil.example:8000", "127.0.0.1.evil.example", "[::1", ""):
            assert desk.get("/v1/events", headers={"Host": host}).status_code == 401
        assert desk.get("/v1/events", headers={"Host": "127.0.0.1:8000"}).status_code == 200


OWN = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://localhost:8000"],
)
def test_without_keys_the_page_of_another_site_is_refused(database_url: str, origin: str) -> None:
    """A browser sends a post to another site without asking there first, and says whose page it comes from."""
    register(database_url, CUSTOMER)
    with serving(database_url, keyless="default") as desk:
        ticket = desk.receive()
        for path in (f"{ticket}/start-work", "/v1/sla/whatif"):
            answer = desk.post(path, headers={"Host": "127.0.0.1:8000", "Origin": origin})
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:ticketledger:forbidden")
            assert "another site" in answer.json()["detail"]
        assert len(desk.get("/v1/events").json()["events"]) == BEFORE + 1
        for headers in ({"Host": "127.0.0.1:8000", "Origin": OWN}, {"Host": "127.0.0.1:8000"}):
            assert desk.post(f"{ticket}/add-note", {"body": "seen"}, headers=headers).status_code == 200


def test_without_keys_a_post_that_a_browser_sends_unasked_is_refused(database_url: str) -> None:
    """Not every browser says where a form comes from; none sends JSON to another site without asking there first."""
    key = make_key(database_url)
    with serving(database_url, keyless="default") as desk:
        ticket = desk.receive()
        for sent_as in (b"", b"application/x-www-form-urlencoded", b"text/plain"):
            answer = desk.send("POST", f"{ticket}/start-work", b"", {b"content-type": sent_as})
            assert (answer.status_code, answer.json()["type"]) == (415, "urn:ticketledger:not_json")
        keyed = {b"content-type": b"", b"authorization": f"Bearer {key}".encode(), b"origin": b"https://other.example"}
        assert desk.send("POST", f"{ticket}/start-work", b"", keyed).status_code == 200, "no page has somebody's key"


ANYWHERE = "0.0.0.0"  # noqa: S104 -- is asked for, to be refused


@pytest.mark.parametrize(
    ("host", "keys_exist", "keyless", "allowed"),
    [
        ("127.0.0.1", True, False, True),
        ("127.0.0.1", False, True, True),
        ("localhost", False, True, True),
        ("::1", False, True, True),
        ("127.0.0.1", False, False, False),
        (ANYWHERE, True, False, True),
        (ANYWHERE, False, False, False),
        (ANYWHERE, True, True, False),
        ("::", False, False, False),
        ("desk.example", False, False, False),
        ("", False, True, False),
    ],
)
def test_a_desk_without_keys_listens_on_this_computer_alone(
    host: str, *, keys_exist: bool, keyless: bool, allowed: bool
) -> None:
    if allowed:
        check_listen(host, keys_exist=keys_exist, keyless=keyless)
    else:
        with pytest.raises(ListenRefused):
            check_listen(host, keys_exist=keys_exist, keyless=keyless)


def test_a_database_that_cannot_be_asked_about_a_key_is_no_reason_to_refuse_it(desk: Served) -> None:
    """The same key is good again as soon as the database is there."""
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("alter table tenant_default.api_keys rename column secret_hash to gone")
        assert desk.get("/v1/events").status_code == 500
        connection.execute("alter table tenant_default.api_keys rename column gone to secret_hash")
    assert desk.get("/v1/events").status_code == 200


def test_a_caller_with_a_key_does_not_wait_for_the_readings_of_others(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every connection that reads is taken; a command whose key nobody has looked up yet is served all the same."""
    let_nobody_wait(monkeypatch)
    with (
        serving(database_url, key=make_key(database_url), readers=1, patience=60.0) as desk,
        desk.container.pool.connection(),
    ):
        assert desk.get("/v1/events").status_code == 429
        assert desk.as_key(make_key(database_url)).post("/v1/tickets", RECEIPT).status_code == 201


def test_what_was_never_a_key_is_refused_without_asking_the_database() -> None:
    with serving("host=127.0.0.1 port=1", key="tl_default_0_0", patience=0.05) as desk:
        assert desk.get("/v1/events").status_code == 401
        assert desk.as_key(f"tl_default_{'0' * 16}_{'0' * 64}").get("/v1/events").status_code == 503
