"""The log lines on the error output: time, level, logger, message and worker, without bodies and keys."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from contextvars import ContextVar
from traceback import walk_tb
from typing import Literal

from api.terminal_text import escaped, escaped_json

Format = Literal["text", "json"]
Level = Literal["warning", "info", "debug"]
LONGEST_ID = 200
correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""The X-Correlation-ID of the present request."""
SAID_AGAIN_SECONDS = 60.0
"""The same warning is written as often, with how many were left out."""
MOST_WARNINGS = 1_000
"""So many different ones are remembered."""
_ANNOUNCED = logging.getLogger("ticketledger")


def configure_logging(form: Format = "text", level: Level = "warning") -> None:
    """Sets the format and the level of this process's log, with times in UTC, unless logging is configured already.

    Warnings of libraries become log lines. The event loop tells nothing about itself.
    """
    formatter = _JsonLines() if form == "json" else _TextLines()
    output = logging.StreamHandler()
    formatter.converter = time.gmtime
    output.setFormatter(formatter)
    output.addFilter(OnceAMinute())
    logging.getLogger("asyncio").setLevel(logging.INFO)
    logging.basicConfig(level=level.upper(), handlers=[output])
    logging.captureWarnings(capture=True)


def announce(sentence: str) -> None:
    """Logs a line at level INFO, whatever the level of the others: what begins, in which version, and where."""
    _ANNOUNCED.setLevel(logging.INFO)
    _ANNOUNCED.info(sentence)


class OnceAMinute(logging.Filter):
    """Leaves out a warning or an error that the same worker has written within the last minute, and counts it.

    While the database is away each worker of each tenant says so at each attempt. What another defect caused is not the
    same: the server says the same sentence of each, and the traceback tells them apart.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._written: dict[Hashable, float] = {}
        self._left_out: Counter[Hashable] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        line, now = (record.name, _worker_of(record), record.getMessage(), _defect_of(record)), self._clock()
        if now - self._written.get(line, -SAID_AGAIN_SECONDS) < SAID_AGAIN_SECONDS:
            self._left_out[line] += 1
            return False
        if len(self._written) >= MOST_WARNINGS:
            self._written.clear()
            self._left_out.clear()
        self._written[line] = now
        record.left_out = self._left_out.pop(line, 0)
        return True


def _defect_of(record: logging.LogRecord) -> Hashable:
    """The type of the exception of a line and the way to where it was raised; None without one."""
    if not record.exc_info:
        return None
    kind, _, trace = record.exc_info
    return kind, *((frame.f_code, line) for frame, line in walk_tb(trace))


def _worker_of(record: logging.LogRecord) -> str | None:
    """The worker of a tenant, such as "sender of acme": its thread is called so."""
    return record.threadName if record.threadName and " of " in record.threadName else None


class _TextLines(logging.Formatter):
    """Lines for people. Control characters are escaped; a traceback keeps its lines.

    The worker stands behind the message in brackets, and how often the line was left out.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        return escaped(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the name of the library's
        left_out = getattr(record, "left_out", 0)
        notes = filter(None, [_worker_of(record), f"{left_out} more in between" if left_out else None])
        return super().formatMessage(record) + "".join(f" [{note}]" for note in notes)


class _JsonLines(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": correlation_id.get(),
            "worker": _worker_of(record),
            "left_out": getattr(record, "left_out", 0) or None,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        present = {name: value for name, value in line.items() if value is not None}
        return escaped_json(json.dumps(present, ensure_ascii=False))


def correlate(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Takes the correlation id of a request for all lines that are logged while it is answered."""
    given = next((value for name, value in headers if name == b"x-correlation-id"), None)
    correlation_id.set(None if given is None else given[:LONGEST_ID].decode("ascii", "backslashreplace"))
