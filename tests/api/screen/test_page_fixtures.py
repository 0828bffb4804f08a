"""The fixtures of the page tests find what no page may do."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.support.page_tests.browser import BrowserLoop, Pages
from tests.support.page_tests.shown_desk import ShownDesk

BAD = """<!doctype html><html lang="en"><title>bad</title><p style="color: red">
<img src="http://localhost:9/elsewhere.png" alt=""><img src="/gone.png" alt=""><script>nothing()</script>"""


class BadSite(BaseHTTPRequestHandler):
    """Answers each page with BAD, and each picture with 404."""

    def do_GET(self) -> None:
        exists = not self.path.endswith((".png", ".ico"))
        self.send_response(200 if exists else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", "default-src *; script-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(BAD.encode() if exists else b"gone")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bad_site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), BadSite) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()
        thread.join()


def test_the_desk_of_page_tests_has_answers_for_pages(pages: Pages, shown_desk: ShownDesk) -> None:
    pages.expect(404)
    pages.open("/nothing")
    tickets = shown_desk.get("/v1/tickets").json()["tickets"]
    assert len(tickets) > 1


def test_messages_failures_and_requests_elsewhere_are_found(
    browser: Browser, browser_loop: BrowserLoop, bad_site: str
) -> None:
    with browser_loop:
        pages = Pages(browser, bad_site)
        pages.open("/")
        pages.close()
    complaints = pages.complaints()
    assert any("nothing is not defined" in message for message in complaints["console"])
    assert any("inline style" in message for message in complaints["console"])
    assert f"{bad_site}/gone.png: 404" in complaints["failed"]
    assert complaints["elsewhere"] == ["http://localhost:9/elsewhere.png"]


def test_expected_refusals_are_no_complaint(browser: Browser, browser_loop: BrowserLoop, bad_site: str) -> None:
    with browser_loop:
        pages = Pages(browser, bad_site)
        pages.expect(404)
        pages.open("/gone.png")
        pages.close()
    assert pages.complaints() == {}


@pytest.mark.usefixtures("pages")
def test_with_the_browser_open_its_loop_is_the_running_one() -> None:
    assert asyncio._get_running_loop() is not None


def test_after_the_browser_another_loop_can_run(browser: Browser) -> None:
    assert browser.is_connected()
    asyncio.run(asyncio.sleep(0))
