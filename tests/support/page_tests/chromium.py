"""The Chromium of the page tests: CHROMIUM, the PATH, one that playwright has brought, or playwright's own download."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error, Playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first one is Chromium without the windows around its pages, which take more time to open than the pages."""
WITHOUT_GPU = "--disable-gpu"
"""Without a GPU a Chromium draws by a program that takes as much processor time as the pages."""
DOWNLOAD = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
DOWNLOAD_SECONDS = 600
REASON_LINES = 3


class Chromium(NamedTuple):
    """A Chromium at ``path``. Without one, ``why`` says what was tried."""

    path: str | None
    why: str = ""


class DoesNotStart(Exception):  # noqa: N818 -- an answer to a person
    """A Chromium that is there does not start. The message names it and gives its reason."""


def chromium_of(
    environ: Mapping[str, str],
    which: Callable[[str], str | None],
    brought: Callable[[], str | None],
    download: Callable[[], str | None],
) -> Chromium:
    """The first of CHROMIUM, the programs on the PATH, the one that playwright has brought, and its download.

    ``brought`` gives the path of playwright's own. ``download`` gives the reason of its failure, None after a success.
    A CHROMIUM that is no program is not replaced by another.
    """
    named = environ.get("CHROMIUM")
    if named:
        path = which(named)
        return Chromium(path, "" if path else f"CHROMIUM={named} is no program")
    for path in (*map(which, NAMES), brought()):
        if path:
            return Chromium(path)
    failed = download()
    return (
        Chromium(None, f"none on the PATH, and playwright's download failed: {failed}")
        if failed
        else Chromium(brought())
    )


def chromium_of_run(playwright: Playwright, run: Path) -> Chromium:
    """The Chromium of the test run with this folder. Its workers try the download once."""
    own = Path(playwright.chromium.executable_path)
    with (run / "chromium.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        tried = run / "chromium.why"
        if tried.exists():
            return Chromium(None, tried.read_text(encoding="utf-8"))
        chromium = chromium_of(os.environ, shutil.which, lambda: str(own) if own.exists() else None, downloaded)
        if chromium.path is None:
            tried.write_text(chromium.why, encoding="utf-8")
        return chromium


def downloaded(command: Sequence[str] = DOWNLOAD, seconds: float = DOWNLOAD_SECONDS) -> str | None:
    """Runs playwright's download; the reason of its failure."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took longer than {seconds} seconds"
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return None if done.returncode == 0 else next(reversed(lines), f"exit code {done.returncode}")


def launched(playwright: Playwright, path: str, *, as_root: bool) -> Browser:
    """A browser of this program, without its sandbox only as root, where it has none. Raises DoesNotStart."""
    try:
        return playwright.chromium.launch(executable_path=path, chromium_sandbox=not as_root, args=[WITHOUT_GPU])
    except Error as error:
        raise DoesNotStart(f"{path} does not start: {reason_of(error.message)}") from None


def reason_of(message: str) -> str:
    """What the browser itself wrote last, of playwright's message; else the first line of that."""
    lines = [line.partition("[err] ")[2].strip() for line in message.splitlines() if "[err] " in line]
    return " / ".join(lines[-REASON_LINES:]) or message.partition("\n")[0]
