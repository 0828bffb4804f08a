"""A browser for page tests, and its pages: what each says on its console, asks for in vain, or asks of others."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

Language = Literal["en", "vi"]
Theme = Literal["light", "dark", "forced"]
"""``forced``: the colours are those of the visitor's system."""
WIDE, NARROW, NARROWEST = 1400, 390, 320
HEIGHT = 900
LEFT = "net::ERR_ABORTED"
"""The failure of a request whose page was left."""


class BrowserLoop:
    """Keeps playwright's event loop from the other tests of a worker.

    The synchronous playwright leaves its loop marked as running in the thread, so that no other loop could run there.
    Within ``with`` it is marked, outside it is not.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> None:
        asyncio._set_running_loop(self._loop)

    def __exit__(self, *_: object) -> None:
        self._loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)


@dataclass
class Pages:
    """Opens pages of one desk, and collects what no page may do."""

    browser: Browser
    address: str
    console: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    contexts: list[BrowserContext] = field(default_factory=list)
    windows: dict[Language, Page] = field(default_factory=dict)
    answer: Response | None = None

    def visit(self, path: str, *, language: Language = "en", theme: Theme = "light", width: int = WIDE) -> Page:
        """The loaded page in the one window of its language, which every test leaves as it likes.

        A window takes four times as long to open as a page takes to load.
        """
        if language not in self.windows:
            self.windows[language] = self._visitor(language).new_page()
        page = self.windows[language]
        if page.context.cookies():
            page.goto("about:blank")  # or the script of the page before asks without its session
            page.context.clear_cookies()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        show(page, theme)
        self.answer = page.goto(path)
        return page

    def sent(self) -> str:
        """The page that was visited last, as the server sent it."""
        assert self.answer is not None
        return self.answer.text()

    def open(
        self,
        path: str,
        *,
        language: Language = "en",
        theme: Theme = "light",
        width: int = WIDE,
        script: bool = True,
    ) -> Page:
        """The loaded page of a visitor of its own, for tests that leave something in the window."""
        context = self._visitor(language, viewport={"width": width, "height": HEIGHT}, java_script_enabled=script)
        self.contexts.append(context)
        page = context.new_page()
        show(page, theme)
        page.goto(path)
        return page

    def _visitor(self, language: Language, **options: Any) -> BrowserContext:
        """A context whose pages are listened to. ``options`` are those of playwright's `new_context`."""
        context = self.browser.new_context(
            base_url=self.address, locale={"en": "en-GB", "vi": "vi-VN"}[language], **options
        )
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.console.append(str(error.error)))
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_response)
        return context

    def expect(self, *statuses: int) -> None:
        """The test makes the desk refuse with these statuses, which the browser says on its console."""
        self.refusals.update(statuses)

    def forget(self) -> None:
        """Forgets what was collected, such as what a page says of a server that the test took away."""
        self.console, self.failed, self.elsewhere = [], [], []

    def complaints(self) -> dict[str, list[str]]:
        """What the pages did that none may do."""
        complaints = {"console": self.console, "failed": self.failed, "elsewhere": self.elsewhere}
        return {name: collected for name, collected in complaints.items() if collected}

    @contextmanager
    def looked_at(self, loop: BrowserLoop) -> Iterator["Pages"]:
        """A test looks at the pages within the block. At its end none has done what none may do."""
        with loop:
            yield self
            while self.contexts:
                self.contexts.pop().close()
        complaints = self.complaints()
        self.forget()
        self.refusals.clear()
        assert complaints == {}, complaints

    def close(self) -> None:
        for context in (*self.contexts, *(page.context for page in self.windows.values())):
            context.close()

    def _note_message(self, message: ConsoleMessage) -> None:
        if not any(f"status of {status} " in message.text for status in self.refusals):
            self.console.append(message.text)

    def _note_request(self, request: Request) -> None:
        if origin(request.url) != self.address:
            self.elsewhere.append(request.url)

    def _note_failure(self, request: Request) -> None:
        if request.failure != LEFT:
            self.failed.append(f"{request.url}: {request.failure}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.failed.append(f"{response.url}: {response.status}")


@contextmanager
def pages_of(browser: Browser, loop: BrowserLoop, address: str) -> Iterator[Pages]:
    """The pages of a desk for several tests, which share its windows."""
    pages = Pages(browser, address)
    yield pages
    with loop:
        pages.close()


def show(page: Page, theme: Theme) -> None:
    """Shows a page on the screen in a theme."""
    page.emulate_media(
        media="screen",
        color_scheme="dark" if theme == "dark" else "light",
        forced_colors="active" if theme == "forced" else "none",
    )


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
