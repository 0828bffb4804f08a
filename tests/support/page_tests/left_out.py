"""Page tests without a Chromium: what each says, and what the run says of all of them."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

import pytest

NO_CHROMIUM = "no Chromium for the page tests"
HOW_TO_GET_IT = "Get one with `apt install chromium-headless-shell`, or name one: CHROMIUM=/path/to/chromium"


def leave_out(why: str) -> NoReturn:
    """Ends a page test that has no browser: it is skipped, and fails with CI=true."""
    sentence = f"{NO_CHROMIUM} ({why}). {HOW_TO_GET_IT}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def left_out(skipped: Sequence[pytest.TestReport]) -> list[str]:
    """The files of the page tests that had no Chromium with how many those are, and how to get one."""
    files = Counter(report.nodeid.partition("::")[0] for report in skipped if NO_CHROMIUM in str(report.longrepr))
    if not files:
        return []
    return [
        f"left out, {NO_CHROMIUM}: {files.total()}",
        *(f"  {count:4} of {file}" for file, count in sorted(files.items())),
        HOW_TO_GET_IT,
    ]
