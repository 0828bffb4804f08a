"""When a real browser shows what was recorded."""

import os
import shutil
import time
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.over_http import BODY
from benchmarks.rounds import say

PAUSE = 0.9
"""Seconds between two changes: they fall anywhere between two requests of the page."""
_WATCH = """() => {
  const line = document.getElementById('true-at');
  window.shown = [];
  new MutationObserver(() => requestAnimationFrame(() => shown.push([Date.now(), Number(line.dataset.position)])))
    .observe(line, { attributes: true, attributeFilter: ['data-position'] });
}"""


def shown_in_browser(port: int, path: str, seconds: float) -> float | None:
    """The longest time from a command to the frame that shows it, in milliseconds; None without a Chromium."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        program = program or playwright.chromium.executable_path
        if not Path(program).exists():
            say("  no Chromium: the screen of a browser is not measured")
            return None
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="vi-VN")
        page.goto(f"http://127.0.0.1:{port}{path}")
        page.wait_for_function("source?.readyState === EventSource.OPEN && inView.size > 0")
        page.evaluate(_WATCH)
        sent = []
        for _ in range(int(seconds / PAUSE)):
            page.wait_for_timeout(PAUSE * 1000)
            sent.append((time.time() * 1000, _record(port)))
        page.wait_for_function("position => shown.at(-1)?.[1] >= position", arg=sent[-1][1])
        shown: list[tuple[float, int]] = page.evaluate("shown")
        browser.close()
    return max(next(at for at, reached in shown if reached >= position) - sent_at for sent_at, position in sent)


def _record(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v1/tickets", BODY, {"Content-Type": "application/json"})
    response = connection.getresponse()
    assert response.status == 201, response.read()
    response.read()
    return int(response.headers["Ledger-Position"])
