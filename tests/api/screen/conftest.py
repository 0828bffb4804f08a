"""The browser of a worker, and the desk that it looks at."""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.settings import utc_now
from tests.support.page_tests.browser import BrowserLoop, Pages, pages_of
from tests.support.page_tests.chromium import DoesNotStart, chromium_of_run, launched
from tests.support.page_tests.desk_history import fill
from tests.support.page_tests.left_out import leave_out
from tests.support.page_tests.shown_desk import ShownDesk, followed, shown
from tests.support.run_databases import RUN, RunDatabases


@pytest.fixture(scope="session")
def browser_loop() -> BrowserLoop:
    """Playwright's event loop."""
    return BrowserLoop()


@pytest.fixture(scope="session")
def browser(browser_loop: BrowserLoop, pytestconfig: pytest.Config) -> Iterator[Browser]:
    """The one browser of a worker. Without a Chromium the test is left out; with CI=true it fails."""
    with browser_loop:
        playwright = sync_playwright().start()
        chromium = chromium_of_run(playwright, pytestconfig.stash[RUN])
        try:
            browser = launched(playwright, chromium.path, as_root=os.geteuid() == 0) if chromium.path else None
        except DoesNotStart as error:
            playwright.stop()
            pytest.fail(str(error), pytrace=False)
    if browser is None:
        with browser_loop:
            playwright.stop()
        leave_out(chromium.why)
    yield browser
    with browser_loop:
        browser.close()
        playwright.stop()


@pytest.fixture(scope="session")
def shown_template(run_databases: RunDatabases, template: str) -> str:
    """The database of a small desk with every kind of event, three days of work up to now, and hostile names."""
    return run_databases.made("shown", fill, template)


@pytest.fixture(scope="session")
def present() -> datetime:
    """The present instant of the shown desk."""
    return utc_now()


@pytest.fixture(scope="session")
def shown_desk(run_databases: RunDatabases, shown_template: str, present: datetime) -> Iterator[ShownDesk]:
    """That desk for those tests of a worker that record nothing. Its clock stands still."""
    with run_databases.copied(shown_template) as dsn, shown(dsn, lambda: present) as desk:
        yield desk


@pytest.fixture(scope="module")
def followed_desk(run_databases: RunDatabases, shown_template: str) -> Iterator[ShownDesk]:
    """That desk for those tests of a module that record something; its projections follow."""
    with run_databases.copied(shown_template) as dsn, followed(dsn), shown(dsn) as desk:
        yield desk


@pytest.fixture(scope="session")
def shown_pages(browser: Browser, browser_loop: BrowserLoop, shown_desk: ShownDesk) -> Iterator[Pages]:
    with pages_of(browser, browser_loop, shown_desk.address) as pages:
        yield pages


@pytest.fixture(scope="module")
def followed_pages(browser: Browser, browser_loop: BrowserLoop, followed_desk: ShownDesk) -> Iterator[Pages]:
    with pages_of(browser, browser_loop, followed_desk.address) as pages:
        yield pages


@pytest.fixture
def pages(browser_loop: BrowserLoop, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Shows pages of the followed desk if the test has one, else of the shown one.

    After the test no page has written to its console, asked in vain or asked another server.
    """
    name = "followed_pages" if "followed_desk" in request.fixturenames else "shown_pages"
    with request.getfixturevalue(name).looked_at(browser_loop) as pages:
        yield pages
