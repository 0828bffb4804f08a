"""The team wall: what its link shows, for how long, and that it opens nothing else."""

import logging
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from fastapi import Request

from api.api_key_lifecycle import make, revoke, rotate
from api.api_keys import LONGEST_WALL, WALL
from api.http import authentication
from api.http.middleware import path_of
from api.http.refusal_counter import Refusals
from api.http.sign_in_attempts import ATTEMPTS_OF_AN_ORIGIN
from api.screen.endpoints.wall import WALL_PAGE, wall_address
from api.serving.app import create_app
from api.settings import Settings
from domain.command_context import Actor
from tests.support.key_commands import key_events
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import CUSTOMER, Served, make_key

MINH = Actor(id="minh", kind="agent")
TOKEN = re.compile(r"/wall/(tl_default_[0-9a-f]{16}_[0-9a-f]{64})")
OPEN_TO_ALL = {
    "GET /", "GET /healthz", "GET /readyz", "GET /docs", "GET /static-offline-docs", "GET /openapi.json",
    "GET /assets/{file}", "POST /language", "GET /sign-in", "POST /sign-in", "POST /sign-out",
}  # fmt: skip
"""What needs no key. The first leads to the desk, which does."""


def wall_key(desk: Served, days: float = 30) -> str:
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        until = datetime.now(UTC) + timedelta(days=days)
        wall = Actor(id="lobby", kind="system")
        return make(connection, "default", wall, [WALL], MINH, back_dating=timedelta(), expires_at=until).text


@pytest.fixture
def wall(desk: Served) -> str:
    desk.receive()
    desk.follow()
    return wall_key(desk)


def test_the_link_shows_the_panels_of_the_wall_to_whoever_has_it(desk: Served, wall: str) -> None:
    answer = BrowserRequests(desk).get(wall_address(wall))
    assert answer.status_code == 200
    shown = set(re.findall(r'data-panel="([a-z_-]+)"', answer.text))
    assert shown == {panel.name for panel in WALL_PAGE.panels}
    assert shown
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_nothing_of_it_leads_anywhere(desk: Served, wall: str) -> None:
    text = BrowserRequests(desk).get(wall_address(wall)).text
    main = text[text.index("<main") : text.index("</main>")]
    assert "href=" not in main
    assert "&lt;" not in main
    assert "<a aria-label=" in main, "the numbers of links stay"
    assert "Xem các phiếu này" not in main, "nobody can list them"
    assert "<form" not in main
    assert "/sign-out" not in text


def test_nobody_is_named_on_it(desk: Served, wall: str) -> None:
    """Neither customers nor agents, and no ticket by its subject or its id."""
    name = "Phạm Kín Đáo"
    ticket = desk.receive(subject=f"{name} asks")
    assert desk.post(f"{ticket}/assign", {"team": "Support", "agent": name}).status_code == 200
    assert desk.post(f"{ticket}/start-work").status_code == 200
    desk.follow()
    text = BrowserRequests(desk).get(wall_address(wall)).text
    for personal in (name, ticket.rpartition("/")[2], str(CUSTOMER)):
        assert personal not in text


@pytest.mark.parametrize("query", ["as_of=2026-03-05", "known_at=2026-03-05", "after=1", "team=Support"])
def test_it_takes_no_parameter_but_its_panels(desk: Served, wall: str, query: str) -> None:
    assert BrowserRequests(desk).get(f"{wall_address(wall)}?{query}").status_code == 422


def test_it_gives_single_panels_of_its_own_without_links(desk: Served, wall: str) -> None:
    browser = BrowserRequests(desk)
    answer = browser.get(f"{wall_address(wall)}?panel=backlog&panel=requests")
    assert re.findall(r'data-panel="([a-z_-]+)"', answer.text) == ["requests", "backlog"]
    assert "<a" in answer.text
    assert "href=" not in answer.text
    assert browser.get(f"{wall_address(wall)}?panel=due").status_code == 404, "a panel of the desk with names"


@cache
def routes() -> list[tuple[str, str]]:
    """The method and the address of every route, whether it is documented or not."""
    links: list[tuple[str, str]] = []

    def walk(listed: Any, prefix: str = "") -> None:
        for route in listed:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            if inner is not None:
                walk(inner.routes, prefix)
            else:
                methods = getattr(route, "methods", None) or {"GET"}
                links.extend((method, route.path) for method in methods - {"HEAD"})

    walk(create_app(Settings(dsn="")).routes)
    return links


NEEDED = {"/moved": "?page=desk"}
"""What an address needs to come as far as asking who calls."""
FORM = {b"content-type": b"application/x-www-form-urlencoded"}


def test_every_route_is_tried() -> None:
    assert len(routes()) > 250
    tried = {f"{method} {path}" for method, path in routes()}
    assert tried >= OPEN_TO_ALL | {"GET /desk", "GET /v1/tickets/{ticket_id}", "POST /keys/create", "GET /moved"}


def test_the_key_of_a_wall_opens_no_other_address(desk: Served, wall: str) -> None:
    """Neither as a key, nor as the cookie of a session, nor with the token of a form."""
    opened = []
    for method, path in routes():
        if f"{method} {path}" in OPEN_TO_ALL or path.startswith("/wall/{token}"):
            continue
        address = re.sub(r"\{[^}]+\}", "01890a5d-ac96-774b-bcce-b302099a8057", path) + NEEDED.get(path, "")
        as_key = desk.as_key(wall).send(method, address, b"", FORM if method == "POST" else {})
        browser = BrowserRequests(desk, wall)
        as_cookie = browser.get(address) if method == "GET" else browser.submit(address)
        for way, answer in (("key", as_key), ("cookie", as_cookie)):
            to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
            if answer.status_code not in {401, 403, 405} and not to_sign_in:
                opened.append((way, method, path, answer.status_code))
    assert opened == [], opened


def test_a_walls_key_begins_no_session(desk: Served, wall: str) -> None:
    answer = BrowserRequests(desk).submit("/sign-in", {"Accept-Language": "en"}, key=wall)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "team wall only" in answer.text
    with pytest.raises(AssertionError):
        signed_in(desk, wall)


@pytest.mark.parametrize("scopes", [["admin"], ["read"]])
def test_the_key_of_a_caller_opens_no_wall(desk: Served, scopes: list[str]) -> None:
    """It must not stand in an address, which others see."""
    assert BrowserRequests(desk).get(wall_address(make_key(desk.dsn, *scopes))).status_code == 404


def test_a_link_ends(desk: Served, wall: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    rotated, expired, browser = wall_key(desk), wall_key(desk, -1), BrowserRequests(desk)
    assert [browser.get(wall_address(key)).status_code for key in (wall, rotated, expired)] == [200, 200, 404]
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        revoke(connection, "default", wall.split("_")[2], MINH)
        rotate(connection, "default", rotated.split("_")[2], timedelta(), MINH, expires_at=datetime.now(UTC))
    browser.language = "en"
    for key in (wall, rotated, expired, "tl_default_0", f"tl_default_{'0' * 16}_{'0' * 64}"):
        answer = browser.get(wall_address(key))
        assert (answer.status_code, "This link has ended" in answer.text) == (404, True)
        assert key not in answer.text
    assert browser.get(f"{wall_address(wall)}/moved").status_code == 404


def test_guesses_at_links_are_bounded_as_wrong_keys_are_and_a_valid_link_is_not(desk: Served, wall: str) -> None:
    browser = BrowserRequests(desk)
    guesses = [wall_address(f"tl_default_{n:016x}_{'0' * 64}") for n in range(ATTEMPTS_OF_AN_ORIGIN + 1)]
    *wrong, last = [browser.get(guess) for guess in guesses]
    assert {answer.status_code for answer in wrong} == {404}
    assert (last.status_code, int(last.headers["retry-after"]) in range(1, 31)) == (429, True)
    assert browser.submit("/sign-in", key="tl_default_0").status_code == 429, "they are the attempts of one address"
    assert browser.get(wall_address(wall)).status_code == 200


def test_a_link_is_made_and_ended_on_the_page_of_keys(desk: Served) -> None:
    desk.follow()
    admin = signed_in(desk)
    answer = admin.submit("/keys/create-wall", actor="lobby 2", days="30")
    token = TOKEN.search(answer.text)
    assert token
    assert f"http://localhost{wall_address(token[1])}" in answer.text
    assert BrowserRequests(desk).get(token[0]).status_code == 200
    topic, facts = key_events(desk.dsn)[-1]
    assert (topic, facts["scopes"], facts["actor_kind"]) == ("key.created", ["wall"], "system")
    listed = admin.get("/keys").text
    assert "lobby 2" in listed
    assert token[1] not in listed
    assert admin.submit(f"/keys/{token[1].split('_')[2]}/revoke", confirmed="on").status_code == 303
    assert key_events(desk.dsn)[-1][0] == "key.revoked"


@pytest.mark.parametrize(
    ("scopes", "life"),
    [
        ([WALL, "read"], timedelta(days=1)),
        ([WALL, "admin"], timedelta(days=1)),
        ([WALL], None),
        ([WALL], LONGEST_WALL + timedelta(hours=1)),
    ],
)
def test_a_wall_key_allows_nothing_else_and_ends(desk: Served, scopes: list[str], life: timedelta | None) -> None:
    until = None if life is None else datetime.now(UTC) + life
    with psycopg.connect(desk.dsn, autocommit=True) as connection, pytest.raises(ValueError, match="scope"):
        make(connection, "default", MINH, scopes, MINH, back_dating=None, expires_at=until)


def test_neither_log_nor_journal_holds_a_link(
    desk: Served, wall: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    caplog.set_level(logging.DEBUG)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        BrowserRequests(desk).get(wall_address(wall))
        BrowserRequests(desk).get(f"{wall_address(wall)}?as_of=2026-03-05")
        revoke(connection, "default", wall.split("_")[2], MINH)
        BrowserRequests(desk).get(wall_address(wall))
        BrowserRequests(desk).get("/%77all/" + wall)
        desk.container.journal.flush()
        rows = connection.execute("select entry::json from tenant_default.access_journal").fetchall()
    failed = [row for (row,) in rows if row["action"] == "sign_in_failed"]
    assert {(row["what"], row["outcome"], row["key"]) for row in failed} == {
        ("GET /wall/{token}", "revoked", wall.split("_")[2])
    }
    assert wall.split("_")[3] not in str(rows)
    assert not [record for record in caplog.records if record.name.startswith("api") and wall in record.getMessage()]


@pytest.mark.parametrize("path", ["/wall/tl_default_0", "/%77all/tl_default_0"])
def test_a_refusal_is_logged_without_the_link(path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "api.http.refusal_counter")
    scope = {"type": "http", "method": "GET", "path": path_of(path.encode()), "raw_path": path.encode(), "headers": []}
    Refusals().note(Request(scope), 429, "overloaded")
    assert [record.getMessage() for record in caplog.records] == ["429 overloaded to -: GET /wall/"]
