"""Answers that say no: counted, and told to whoever reads the log at level INFO, with the caller's address."""

import logging
from collections import Counter

from fastapi import Request

TOLD = frozenset({400, 401, 403, 408, 409, 412, 413, 414, 429, 431})
LONGEST_PATH = 200
_LOG = logging.getLogger(__name__)


class Refusals:
    """Of one serving process, since it was started."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, str]] = Counter()

    def note(self, request: Request, status: int, code: str) -> None:
        """Counts an answer, and tells of it when somebody was kept out or a rule said no. Nothing that was sent is told
        but the method and the path, as it came over the wire.
        """
        address = request.client.host if request.client else "-"
        path = request.scope.get("raw_path", b"")[:LONGEST_PATH].decode("ascii", "backslashreplace")
        self._note(status, code, f"{address}: {request.method} {path}")

    def note_unread(self, address: str, status: int, code: str) -> None:
        """Counts an answer to a request that was not read to its end, and tells of it."""
        self._note(status, code, address)

    def _note(self, status: int, code: str, whom: str) -> None:
        self._counts[status, code] += 1
        if status in TOLD:
            _LOG.info("%d %s to %s", status, code, whom)

    def by_status(self) -> dict[str, int]:
        """How many of each status."""
        found: Counter[str] = Counter()
        for (status, _), count in self._counts.items():
            found[str(status)] += count
        return dict(sorted(found.items()))
