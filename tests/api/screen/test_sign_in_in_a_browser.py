"""Signing in, the page of keys and the team wall in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from api.api_keys import create_key
from api.http import authentication, event_stream
from api.screen_sessions import end_session
from domain.command_context import Actor
from tests.support.examples import THOROUGH
from tests.support.page_tests.browser import HEIGHT, NARROWEST, WIDE, BrowserLoop, Language, Pages, Theme, pages_of
from tests.support.page_tests.desk_history import TENANT
from tests.support.page_tests.looks import violations, wider_than_the_window
from tests.support.run_databases import RunDatabases
from tests.support.serving import running

LANGUAGES: tuple[Language, ...] = ("en", "vi")
THEMES: tuple[Theme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class KeyedDesk:
    """A desk that asks for keys, and the key of an admin."""

    address: str
    key: str
    dsn: str


@pytest.fixture(scope="module")
def keyed_desk(run_databases: RunDatabases, shown_template: str) -> Iterator[KeyedDesk]:
    with run_databases.copied(shown_template) as dsn, running(dsn) as (address, _):
        with psycopg.connect(dsn, autocommit=True) as connection:
            key = create_key(connection, TENANT, Actor(id="lan", kind="agent"), ["admin"]).text
        yield KeyedDesk(address, key, dsn)


@pytest.fixture(scope="module")
def keyed_pages(browser: Browser, browser_loop: BrowserLoop, keyed_desk: KeyedDesk) -> Iterator[Pages]:
    with pages_of(browser, browser_loop, keyed_desk.address) as pages:
        yield pages


@pytest.fixture
def pages(browser_loop: BrowserLoop, keyed_pages: Pages) -> Iterator[Pages]:
    """Pages of the desk that asks for keys; none complains."""
    with keyed_pages.looked_at(browser_loop):
        yield keyed_pages


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open pages are told soon that a session has ended."""
    monkeypatch.setattr(authentication, "TRUSTED_SECONDS", -1.0)
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.25)


def sign_in(page: Page, key: str) -> None:
    page.locator("#key").fill(key)
    page.locator("#key").press("Enter")
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False])
def test_a_person_signs_in_and_out(pages: Pages, keyed_desk: KeyedDesk, *, script: bool) -> None:
    page = pages.open("/customers?as_of=2026-11-28", script=script)
    assert "/sign-in" in page.url
    sign_in(page, keyed_desk.key)
    assert page.url == f"{keyed_desk.address}/customers?as_of=2026-11-28"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    assert "You are signed out." in page.locator("[role=status]").inner_text()
    page.go_back()
    page.reload()
    assert "/sign-in" in page.url


def end_session_of(page: Page, desk: KeyedDesk) -> None:
    (cookie,) = page.context.cookies()
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        end_session(connection, cookie["value"])


@pytest.mark.usefixtures("impatient")
def test_an_open_page_leads_to_the_sign_in_when_its_session_ends(pages: Pages, keyed_desk: KeyedDesk) -> None:
    pages.expect(401)
    page = pages.visit("/desk")
    sign_in(page, keyed_desk.key)
    end_session_of(page, keyed_desk)
    page.wait_for_url("**/sign-in?*")
    assert "Your session has ended." in page.locator("[role=status]").inner_text()
    sign_in(page, keyed_desk.key)
    assert page.url == f"{keyed_desk.address}/desk"


@pytest.mark.usefixtures("impatient")
def test_a_page_with_typed_text_says_that_its_session_has_ended_and_keeps_the_text(
    pages: Pages, keyed_desk: KeyedDesk
) -> None:
    pages.expect(401)
    page = pages.visit("/customers")
    sign_in(page, keyed_desk.key)
    name = page.locator("main input[name=q]")
    name.fill("Nguyễn Vân")
    end_session_of(page, keyed_desk)
    page.locator("#true-at", has_text="Your session has ended.").wait_for()
    assert name.input_value() == "Nguyễn Vân"
    assert page.url == f"{keyed_desk.address}/customers"


@pytest.mark.usefixtures("impatient")
def test_an_open_page_is_loaded_again_when_somebody_else_signs_in_in_another_tab(
    pages: Pages, keyed_desk: KeyedDesk
) -> None:
    pages.expect(401)
    page = pages.visit("/desk")
    sign_in(page, keyed_desk.key)
    assert page.locator(".who span").inner_text() == "lan"
    (cookie,) = page.context.cookies()
    with psycopg.connect(keyed_desk.dsn, autocommit=True) as connection:
        another = create_key(connection, TENANT, Actor(id="minh", kind="agent"), ["admin"]).text
        elsewhere = pages.open("/desk")
        sign_in(elsewhere, another)
        (other,) = elsewhere.context.cookies()  # a tab that signs out and in leaves its cookie
        page.context.add_cookies([{"name": other["name"], "value": other["value"], "url": keyed_desk.address}])
        end_session(connection, cookie["value"])
    page.locator(".who span", has_text="minh").wait_for()


def test_a_wrong_key_is_said_where_a_screen_reader_hears_it(pages: Pages) -> None:
    pages.expect(401)
    page = pages.visit("/sign-in")
    sign_in(page, "tl_nothing")
    assert "no key of this server" in page.get_by_role("alert").inner_text()
    assert page.locator("#key").input_value() == ""


def test_a_key_and_a_link_are_made_by_hand(pages: Pages, keyed_desk: KeyedDesk) -> None:
    page = pages.visit("/keys")
    sign_in(page, keyed_desk.key)
    page.locator("#key-actor").fill("Nguyễn Vân")
    page.get_by_role("button", name="Make the key").click()
    page.wait_for_load_state()
    key = page.locator("#made").input_value()
    assert key.startswith(f"tl_{TENANT}_")
    page.get_by_role("link", name="Back to the keys").click()
    page.wait_for_load_state()
    assert key not in page.content()
    page.locator("#wall-actor").fill("lobby")
    page.get_by_role("button", name="Make a link").click()
    page.wait_for_load_state()
    link = page.locator("#made").input_value()
    wall = pages.visit(link.removeprefix(keyed_desk.address))
    assert wall.locator("section.panel").count() > 0
    assert wall.locator("main a[href]").count() == 0


@pytest.mark.parametrize(
    ("language", "theme"),
    list(product(LANGUAGES, THEMES) if THOROUGH else zip(LANGUAGES, THEMES, strict=True)),
)
def test_its_pages_are_accessible_and_fit_a_narrow_window(
    pages: Pages, keyed_desk: KeyedDesk, language: Language, theme: Theme
) -> None:
    page = pages.visit("/sign-in?next=/keys", language=language, theme=theme)
    assert violations(page) == []
    sign_in(page, keyed_desk.key)
    page.locator("#wall-actor").fill("lobby")
    page.locator("#wall-days").press("Enter")
    page.wait_for_load_state()
    link = page.locator("#made").input_value()
    assert_accessible_and_narrow(page)
    page.goto(link)
    assert_accessible_and_narrow(page)


def assert_accessible_and_narrow(page: Page) -> None:
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    assert wider_than_the_window(page) == []
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    assert violations(page) == []
