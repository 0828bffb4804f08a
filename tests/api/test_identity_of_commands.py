"""Who a command is by and for is part of what makes it the same, and a name arrives as it was written."""

import re
from pathlib import Path
from unicodedata import normalize

import psycopg
import pytest
from psycopg import sql

from api.api_keys import parse_token
from api.http import authentication
from tests.support.registered import register
from tests.support.serving import BEFORE, CUSTOMER, RECEIPT, Served, make_key, serving

NAME = "Nguyễn Văn A"


@pytest.fixture
def gateway(desk: Served) -> Served:
    return desk.as_key(make_key(desk.dsn, acts_for_others=True, actor="gateway"))


def send(desk: Served, path: str, **headers: bytes) -> int:
    given = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return desk.send("POST", path, b'{"body":"n"}', given).status_code


def names(desk: Served) -> list[str | None]:
    return [event["actor"].get("on_behalf_of") for event in desk.get(f"/v1/events?after={BEFORE}").json()["events"]]


def test_the_same_key_for_somebody_else_is_another_command(gateway: Served) -> None:
    ticket = gateway.receive()
    note = {"Idempotency-Key": "g1"}
    first = gateway.post(f"{ticket}/add-note", {"body": "n"}, headers=note | {"On-Behalf-Of": "alice"})
    other = gateway.post(f"{ticket}/add-note", {"body": "n"}, headers=note | {"On-Behalf-Of": "bob"})
    nobody = gateway.post(f"{ticket}/add-note", {"body": "n"}, headers=note)
    again = gateway.post(f"{ticket}/add-note", {"body": "n"}, headers=note | {"On-Behalf-Of": "alice"})
    assert [first.status_code, other.status_code, nobody.status_code] == [200, 422, 422]
    assert other.json()["type"] == "urn:ticketledger:idempotency_key_reused"
    assert again.json() == first.json() | {"repeated": True}
    assert names(gateway) == [None, "alice"]


def test_a_name_in_utf_8_arrives_as_it_was_written(gateway: Served) -> None:
    ticket = gateway.receive()
    assert send(gateway, f"{ticket}/add-note", on_behalf_of=NAME.encode()) == 200
    extended = {b"on-behalf-of*": b"UTF-8''Nguy%E1%BB%85n%20V%C4%83n%20A"}
    assert gateway.send("POST", f"{ticket}/add-note", b'{"body":"n"}', extended).status_code == 200
    assert names(gateway) == [None, NAME, NAME]


@pytest.mark.parametrize(
    "headers",
    [
        {b"on-behalf-of": NAME.encode("cp1258", "replace") + b"\xff"},
        {b"on-behalf-of": "Nguyá»\x85n".encode("latin-1", "ignore") + b"\x85"},
        {b"on-behalf-of": "a\u0085b".encode()},
        {b"on-behalf-of": "a\u202eb".encode()},
        {b"on-behalf-of": "a\u2028b".encode()},
        {b"on-behalf-of*": NAME.encode()},
        {b"on-behalf-of*": b"UTF-8''a%0Ab"},
        {b"on-behalf-of*": b"UTF-8''a%FFb"},
        {b"on-behalf-of*": b"ISO-8859-1''a"},
        {b"on-behalf-of*": b"UTF-8''%E"},
        {b"on-behalf-of": b"a", b"on-behalf-of*": b"UTF-8''a"},
        {b"on-behalf-of": b" "},
        {b"on-behalf-of": "li\u200bnh".encode()},
        {b"on-behalf-of": "\ufefflinh".encode()},
        {b"on-behalf-of": "linh\u200e".encode()},
        {b"on-behalf-of": "li\u200dnh".encode()},
        {b"on-behalf-of": "linh\U000e0041".encode()},
        {b"on-behalf-of": "\u3164".encode()},
        {b"on-behalf-of": ("a" + "\u0301" * 50).encode()},
        {b"on-behalf-of*": b"UTF-8''li%C2%ADnh"},
        {b"on-behalf-of": b"li\tnh"},
    ],
)
def test_what_is_no_name_in_utf_8_is_refused(gateway: Served, headers: dict[bytes, bytes]) -> None:
    ticket = gateway.receive()
    answer = gateway.send("POST", f"{ticket}/add-note", b'{"body":"n"}', headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:ticketledger:malformed")
    assert names(gateway) == [None]


@pytest.mark.parametrize("header", [b"idempotency-key", b"x-correlation-id", b"x-causation-id"])
def test_a_header_of_which_one_counts_is_said_once(desk: Served, header: bytes) -> None:
    """A proxy and a caller who both say it mean two things."""
    url = desk.receive() + "/add-note"
    for headers, status in (({header: b"a"}, 200), ({header: b"a", header.upper(): b"b"}, 422)):
        answer = desk.send("POST", url, b'{"body":"n"}', headers)
        assert answer.status_code == status, answer.text
    assert names(desk) == [None, None]


def test_two_normal_forms_of_a_name_are_one_person(gateway: Served) -> None:
    ticket, key = gateway.receive(), b"nf"
    for form in ("NFC", "NFD"):
        name = normalize(form, NAME).encode()
        assert send(gateway, f"{ticket}/add-note", on_behalf_of=name, idempotency_key=key) == 200
    assert names(gateway) == [None, NAME]


def test_the_program_that_calls_is_known_by_its_name_in_utf_8(desk: Served) -> None:
    desk.send("POST", desk.receive() + "/add-note", b'{"body":"n"}', {b"user-agent": "Tổng đài".encode()})
    assert desk.get("/v1/events").json()["events"][BEFORE + 1]["origin"]["client"] == "Tổng đài"


def test_a_retry_with_another_key_of_the_same_actor_has_one_effect(desk: Served) -> None:
    retry = {"Idempotency-Key": "k"}
    rotated = desk.as_key(make_key(desk.dsn))
    first = desk.post("/v1/tickets", RECEIPT, headers=retry).json()
    assert rotated.post("/v1/tickets", RECEIPT, headers=retry).json() == first | {"repeated": True}


@pytest.mark.parametrize(("actor", "kind"), [("minh", "agent"), ("lan:", "agent")])
def test_another_actors_idempotency_keys_are_its_own(desk: Served, actor: str, kind: str) -> None:
    assert kind
    retry = {"Idempotency-Key": "k"}
    other = desk.as_key(make_key(desk.dsn, actor=actor))
    first = desk.post("/v1/tickets", RECEIPT, headers=retry).json()
    second = other.post("/v1/tickets", RECEIPT, headers=retry).json()
    assert (second["repeated"], second["id"] != first["id"]) == (False, True)


def last_use(desk: Served) -> object:
    with psycopg.connect(desk.dsn) as connection:
        return connection.execute("select last_used_at from tenant_default.api_keys").fetchone()


def test_the_last_use_of_a_key_is_noted_at_most_once_a_minute(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    assert last_use(desk) == (None,)
    for _ in range(3):
        desk.get("/v1/events")
    used = last_use(desk)
    assert used != (None,)
    desk.get("/v1/events")
    assert last_use(desk) == used
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.api_keys set last_used_at = now() - interval '61 seconds'")
    old = last_use(desk)
    desk.get("/v1/events")
    assert last_use(desk) != old


def test_the_last_use_of_a_key_is_noted_after_the_clock_was_put_back(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.api_keys set last_used_at = now() + interval '1 year'")
    ahead = last_use(desk)
    desk.get("/v1/events")
    assert last_use(desk) != ahead


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md"])
def test_the_tour_shows_the_id_that_its_idempotency_key_gives(database_url: str, page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    shown = re.search(r"TICKET=(\S+)", text)
    assert shown is not None
    register(database_url, CUSTOMER)
    with serving(database_url, keyless="default") as keyless:
        answer = keyless.post("/v1/tickets", RECEIPT, headers={"Idempotency-Key": "lan-1"})
    assert (answer.status_code, answer.json()["id"]) == (201, shown[1])


def test_a_wrong_secret_is_no_use_of_a_key(desk: Served) -> None:
    token = parse_token(desk.key or "")
    assert token is not None
    desk.as_key(f"tl_default_{token.key_id}_{'0' * 64}").get("/v1/events")
    assert last_use(desk) == (None,)
    with psycopg.connect(desk.dsn) as connection:
        assert connection.execute(sql.SQL("select count(*) from tenant_default.api_keys")).fetchone() == (1,)
