"""Answers that say no: counted, and told to whoever reads the log at level INFO, with the caller's address."""

import logging
from collections import Counter

from fastapi import Request

TOLD = frozenset({401, 403, 409, 412, 429})
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
        self._counts[status, code] += 1
        if status in TOLD and _LOG.isEnabledFor(logging.INFO):
            address = request.client.host if request.client else "-"
            path = request.scope.get("raw_path", b"")[:LONGEST_PATH].decode("ascii", "backslashreplace")
            _LOG.info("%d %s to %s: %s %s", status, code, address, request.method, path)

    def by_status(self) -> dict[str, int]:
        """How many of each status."""
        found: Counter[str] = Counter()
        for (status, _), count in self._counts.items():
            found[str(status)] += count
        return dict(sorted(found.items()))
