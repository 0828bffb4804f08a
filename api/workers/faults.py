"""Faults of subjects that workers meet again and again, each logged once."""

import logging
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from api.workers.command_failures import AGAIN
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent

Loaded = TypeVar("Loaded")
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

    def in_halves(
        self, load: Callable[[Sequence[UUID]], Loaded], streams: Sequence[UUID]
    ) -> list[tuple[Sequence[UUID], Loaded]]:
        """What is loaded of streams, all together. When that fails, in halves, until the one stream is left that cannot
        be loaded: it is logged once and left out. Raises AGAIN.
        """
        if not streams:
            return []
        try:
            return [(streams, load(streams))]
        except AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 -- a fault in one history must not keep back the others
            if len(streams) == 1:
                self.log_once(streams[0], f"automation leaves {streams[0]} out: {error}")
                return []
            half = len(streams) // 2
            return self.in_halves(load, streams[:half]) + self.in_halves(load, streams[half:])
