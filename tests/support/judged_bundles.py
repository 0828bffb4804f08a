"""Audit bundles of made-up logs, as the verifier judges them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.auditing import verify
from tests.support.signed_logs import made_up_log

VERIFIER = Path(verify.__file__)
LOG = made_up_log(20)
LONG = made_up_log(600)
"""A tree with tiles on two levels."""

Answer = dict[str, Any]
Judge = Callable[..., tuple[int, Answer]]


def lines_of(parts: dict[str, bytes]) -> list[bytes]:
    return parts["events.jsonl"].splitlines(keepends=True)
