"""The log lines on the error output: time, level, logger and message, without bodies and keys."""

import json
import logging
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Literal

from api.terminal_text import escaped, escaped_json

Format = Literal["text", "json"]
Level = Literal["warning", "info", "debug"]
LONGEST_ID = 200
correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""The X-Correlation-ID of the present request."""
_ANNOUNCED = logging.getLogger("ticketledger")


def configure_logging(form: Format = "text", level: Level = "warning") -> None:
    """Sets the format and the level of this process's log, with times in UTC, unless logging is configured already.

    Warnings of libraries become log lines.
    """
    formatter = _JsonLines() if form == "json" else _TextLines()
    output = logging.StreamHandler()
    formatter.converter = time.gmtime
    output.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[output])
    logging.captureWarnings(capture=True)


def announce(sentence: str) -> None:
    """Logs a line at level INFO, whatever the level of the others: what begins, in which version, and where."""
    _ANNOUNCED.setLevel(logging.INFO)
    _ANNOUNCED.info(sentence)


class _TextLines(logging.Formatter):
    """Lines for people. Control characters are escaped; a traceback keeps its lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        return escaped(super().format(record))


class _JsonLines(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": correlation_id.get(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        present = {name: value for name, value in line.items() if value is not None}
        return escaped_json(json.dumps(present, ensure_ascii=False))


def correlate(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Takes the correlation id of a request for all lines that are logged while it is answered."""
    given = next((value for name, value in headers if name == b"x-correlation-id"), None)
    correlation_id.set(None if given is None else given[:LONGEST_ID].decode("ascii", "backslashreplace"))
