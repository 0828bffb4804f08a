"""`python -m tests.support.screenshots DIR [PART OF AN ADDRESS]`: pictures of every page, to look at.

Light and dark, in both languages, 1400 and 390 pixels wide; of a small desk in a database of its own.
"""

import os
import re
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from api.database import database
from api.migrations import migrate
from domain.event_types import register_event_types
from tests.support.page_tests.addresses import EVERY_PAGE
from tests.support.page_tests.browser import NARROW, WIDE, Language, Pages, Theme
from tests.support.page_tests.chromium import chromium_of_run, launched
from tests.support.page_tests.desk_history import fill
from tests.support.page_tests.shown_desk import followed, shown
from tests.support.run_databases import reachable_folder

THEMES: tuple[Theme, ...] = ("light", "dark")
LANGUAGES: tuple[Language, ...] = ("en", "vi")
MOST = 6_000
"""Pixels of a picture's height: Chromium's own bound is 16,384."""


def take(browser: Browser, address: str, folder: Path, paths: list[str]) -> None:
    """Writes a picture for each path, language, theme and width, and says which pages complain."""
    for path, language, theme, width in product(paths, LANGUAGES, THEMES, (WIDE, NARROW)):
        pages = Pages(browser, address)
        page = pages.open(path, language=language, theme=theme, width=width)
        height = min(int(page.evaluate("() => document.documentElement.scrollHeight")), MOST)
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
        file = folder / f"{name}-{width}-{theme}-{language}.png"
        page.set_viewport_size({"width": width, "height": max(height, 600)})
        page.screenshot(path=file)
        pages.close()
        sys.stdout.write(f"{file}{'' if not pages.complaints() else f' {pages.complaints()}'}\n")


def main(folder: Path, part: str = "") -> None:
    """Takes the pictures of the pages whose address holds ``part``."""
    folder.mkdir(parents=True, exist_ok=True)
    register_event_types()
    run = reachable_folder("ticketledger-screenshots-")
    try:
        with database(run / "data", settings={"fsync": "off"}) as dsn:
            migrate(dsn)
            fill(dsn)
            with sync_playwright() as playwright, followed(dsn), shown(dsn) as desk:
                chromium = chromium_of_run(playwright, run)
                if chromium.path is None:
                    sys.exit(chromium.why)
                with launched(playwright, chromium.path, as_root=os.geteuid() == 0) as browser:
                    take(browser, desk.address, folder, [path for path in EVERY_PAGE if part in path])
    finally:
        shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
