"""Faults of subjects that workers meet again and again, each logged once."""

import logging
from collections.abc import Hashable, Sequence
from typing import Any
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent

_KEPT = 10_000


class Faults:
    """Remembers which faults are logged, the newest 10,000 of them."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._logged: dict[tuple[Hashable, str], None] = {}

    def log_once(self, subject: Hashable, message: str) -> None:
        """Logs a message about a subject that is not logged yet."""
        if (subject, message) in self._logged:
            return
        self._logged[subject, message] = None
        self._logger.warning(message)
        if len(self._logged) > _KEPT:
            del self._logged[next(iter(self._logged))]

    def decoded(self, tenant: str, rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
        """The events of rows of the log, without those that this release cannot read: each is logged once."""
        try:
            return reader.decode_rows(tenant, rows)
        except UnreadableEvent as error:
            if len(rows) == 1:
                self.log_once(rows[0][0], f"nothing reacts to it: {error}")
                return []
        return [event for row in rows for event in self.decoded(tenant, [row])]

    def leave_out(self, stream: UUID, error: Exception) -> None:
        """Logs once that automation does nothing about a stream."""
        self.log_once(stream, f"automation leaves {stream} out: {error}")
