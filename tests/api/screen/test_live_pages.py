"""Open pages follow the log by themselves, without taking anything from who reads them."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import uvicorn
from playwright.sync_api import Page, Request, Route, expect

from api.api_keys import WALL, create_key, revoke_key
from api.http import authentication
from api.screen.endpoints.wall import wall_address
from api.serving.app import server
from api.settings import Settings
from domain.command_context import Actor
from tests.support.page_tests.browser import NARROW, Pages
from tests.support.page_tests.desk_history import TENANT
from tests.support.page_tests.shown_desk import ShownDesk
from tests.support.serving import RECEIPT

expect.set_options(timeout=20_000)  # ms; playwright's five seconds are few on a busy computer
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
SHOWN = "position => Number(document.getElementById('true-at').dataset.position) >= position"
PANELS = re.compile(r"/desk\?.*panel=")
IN_VIEW = "document.querySelectorAll('[data-panel]').length > inView.size && inView.size > 0"


def receive(desk: ShownDesk) -> int:
    """Records a ticket; its position."""
    customer = desk.get("/v1/customers?limit=1").json()["customers"][0]["customer"]
    answer = desk.post("/v1/tickets", RECEIPT | {"customer_id": customer})
    assert answer.status_code == 201, answer.text
    return int(answer.headers["ledger-position"])


def panels_of(request: Request) -> set[str]:
    return set(parse_qs(urlsplit(request.url).query)["panel"])


def wait_until(page: Page, is_true: Callable[[], bool]) -> None:
    """Lets the browser go on until something is true here."""
    while not is_true():
        page.wait_for_timeout(10)


def test_a_change_comes_to_an_open_page_without_loading_it(pages: Pages, followed_desk: ShownDesk) -> None:
    page = pages.visit("/desk")
    page.evaluate("window.same = true")
    count = page.locator("#requests .figure").nth(1).inner_text()
    receive(followed_desk)
    page.wait_for_function("was => document.querySelectorAll('#requests .figure')[1].innerText !== was", arg=count)
    assert int(page.locator("#requests .figure").nth(1).inner_text()) == int(count) + 1
    assert page.evaluate("window.same")


def test_a_wall_follows_without_loading_it_and_says_when_its_link_has_ended(
    pages: Pages, followed_desk: ShownDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    with psycopg.connect(followed_desk.dsn, autocommit=True) as connection:
        key = create_key(connection, TENANT, Actor(id="lobby", kind="system"), [WALL])
        page = pages.open(wall_address(key.text))
        page.evaluate("window.same = true")
        page.wait_for_function(SHOWN, arg=receive(followed_desk))
        assert page.evaluate("window.same")
        assert page.locator("main a[href]").count() == 0
        pages.expect(404)
        revoke_key(connection, TENANT, key.key_id)
        expect(page.locator("h1")).to_have_text("This link has ended")


def test_a_page_asks_for_what_is_in_view_in_one_request_at_a_time(pages: Pages, followed_desk: ShownDesk) -> None:
    held: list[Route] = []
    requests: list[set[str]] = []

    def hold(route: Route) -> None:
        requests.append(panels_of(route.request))
        held.append(route)

    page = pages.visit("/desk", width=NARROW)
    page.wait_for_function(IN_VIEW)
    page.context.route(PANELS, hold)
    every = set(page.evaluate("sections.map(section => section.dataset.panel)"))
    first, second = receive(followed_desk), receive(followed_desk)
    wait_until(page, lambda: bool(held))
    page.wait_for_function("position => newest >= position", arg=second)
    page.wait_for_timeout(1_000)  # twice the time between two requests
    assert len(held) == 1
    assert requests[0] < every
    held.pop().continue_()
    page.context.unroute(PANELS)
    page.wait_for_function(SHOWN, arg=first)


def test_a_panel_out_of_view_says_what_it_shows_and_catches_up_in_view(pages: Pages, followed_desk: ShownDesk) -> None:
    page = pages.visit("/desk", width=NARROW)
    page.wait_for_function(IN_VIEW)
    last = page.locator("[data-panel]").last
    before = page.locator("#true-at").inner_text()
    position = receive(followed_desk)
    page.wait_for_function(SHOWN, arg=position)
    assert last.locator(".earlier").inner_text() == before
    last.scroll_into_view_if_needed()
    expect(last.locator(".earlier")).to_have_count(0)
    assert int(last.get_attribute("data-position") or 0) >= position


def test_focus_selection_open_details_and_scrolling_survive(pages: Pages, followed_desk: ShownDesk) -> None:
    page = pages.visit("/desk", width=NARROW)
    page.wait_for_function(IN_VIEW)
    page.locator("#requests details summary").first.click()
    page.evaluate(
        """() => {
          const link = document.querySelector('#requests a');
          link.focus();
          link.mine = true;
          getSelection().selectAllChildren(document.querySelector('#requests h2'));
          scrollTo(0, 40);
        }"""
    )
    state = """() => [document.activeElement.mine, getSelection().toString(), scrollY,
      document.querySelector('#requests details').open]"""
    before = page.evaluate(state)
    page.wait_for_function(SHOWN, arg=receive(followed_desk))
    assert page.evaluate(state) == before
    assert (before[0], before[3]) == (True, True)


def test_a_hidden_page_asks_for_nothing_and_catches_up_when_it_is_shown(pages: Pages, followed_desk: ShownDesk) -> None:
    page = pages.visit("/desk")
    streams = followed_desk.container.open_pages
    wait_until(page, lambda: len(streams) == 1)
    page.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', { value: true, writable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    wait_until(page, lambda: not streams)
    position = receive(followed_desk)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_timeout(1_000)
    assert not requests
    page.evaluate("() => { document.hidden = false; document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_function(SHOWN, arg=position)


def test_a_page_without_a_sign_of_the_server_says_so_and_recovers(pages: Pages) -> None:
    page = pages.open("/sign-in")
    page.clock.install(time=NOON)
    page.clock.pause_at(NOON + timedelta(minutes=1))
    page.context.route(PANELS, lambda route: route.abort())
    page.context.route(re.compile("/moved"), lambda route: route.abort())
    page.goto("/desk")
    line = page.locator("#true-at")
    page.clock.run_for(14_000)
    expect(line).not_to_have_class(re.compile("stale"))
    page.clock.run_for(3_000)
    expect(line).to_have_class(re.compile("stale"))
    expect(line).to_contain_text("No news since")
    expect(page.locator("#announced")).to_contain_text("No news since")
    page.context.unroute_all()
    page.clock.run_for(20_000)
    expect(line).not_to_have_class(re.compile("stale"))
    pages.forget()


@contextmanager
def killed_in_the_end(dsn: str, port: int = 0) -> Iterator[int]:
    """A server at a port, which then goes without a word to those who are connected."""
    with socket.create_server(("127.0.0.1", port)) as bound:
        running = server(Settings(dsn, keyless=TENANT), "127.0.0.1", 0)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield bound.getsockname()[1]
        finally:
            running.config.timeout_graceful_shutdown = 0
            cast("Any", running).shutdown = partial(uvicorn.Server.shutdown, running)  # which ends no stream
            running.should_exit = True
            thread.join()


def test_a_page_resumes_after_the_server_was_killed(pages: Pages, followed_desk: ShownDesk) -> None:
    """What was recorded meanwhile is shown, and the page is not loaded again for that."""
    with killed_in_the_end(followed_desk.dsn) as port:
        page = pages.open(f"http://127.0.0.1:{port}/desk")
        page.evaluate("window.same = true")
        page.wait_for_function("source?.readyState === EventSource.OPEN")
    page.wait_for_function("source?.readyState !== EventSource.OPEN")
    position = receive(followed_desk)
    with killed_in_the_end(followed_desk.dsn, port):
        page.wait_for_function(SHOWN, arg=position)
        page.wait_for_function("source?.readyState === EventSource.OPEN")
        assert page.evaluate("window.same")
        page.close()
    pages.forget()


def test_screen_readers_are_told_at_most_once_in_thirty_seconds(pages: Pages) -> None:
    page = pages.open("/sign-in")
    page.clock.install(time=NOON)
    page.goto("/desk")
    page.clock.pause_at(NOON + timedelta(hours=1))
    page.wait_for_function("inView.size > 0")
    page.evaluate(QUIET)
    announced: list[str] = []
    page.expose_function("heard", lambda text: announced.append(text))  # noqa: PLW0108 -- playwright marks the function
    page.evaluate(
        "() => new MutationObserver(() => heard(announced.textContent)).observe(announced, {childList: true})"
    )
    page.evaluate(ANNOUNCE, ["One", "Two", "Three"])
    page.clock.run_for(1_000)
    page.evaluate(ANNOUNCE, ["Four", "Five"])
    page.clock.run_for(28_000)
    assert announced == ["Changed: One, Two, and Three."]
    page.clock.run_for(2_000)
    assert announced == ["Changed: One, Two, and Three.", "Changed: Four and Five."]


QUIET = """() => {
  shut();
  inView.clear();
  toAnnounce.clear();
  clearTimeout(announcing);
  announcing = lastAnnouncement = 0;
  lastSign = Infinity;
  line.classList.remove("stale");
}"""
ANNOUNCE = """titles => titles.forEach(title => {
  const section = document.createElement('section');
  section.append(Object.assign(document.createElement('h2'), { textContent: title }));
  announce(section);
})"""
