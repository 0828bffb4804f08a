"""The histories of the streams that are being worked on, kept so that each event is read and decoded once."""

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from domain.event_log import reading
from domain.event_log.envelope import RecordedEvent
from projections.projection import History

KEPT_EVENTS = 100_000


class Histories:
    """A tenant's streams, the recently used ones in memory: at most KEPT_EVENTS events and those of one batch."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self._streams: OrderedDict[UUID, list[RecordedEvent]] = OrderedDict()
        self._size = 0

    def up_to(self, connection: Connection, batch: Sequence[RecordedEvent]) -> dict[UUID, History]:
        """The history of each stream in the batch up to its last event there; the batch is a run of the log."""
        first: dict[UUID, RecordedEvent] = {}
        last: dict[UUID, RecordedEvent] = {}
        unknown: set[UUID] = set()
        for event in batch:
            known = self._streams.get(event.stream)
            if event.stream not in first:
                first[event.stream] = event
                if event.version > 1 and (known is None or len(known) < event.version - 1):
                    unknown.add(event.stream)
            if event.stream not in unknown and event.version > len(known or ()):
                self._append(event)
            last[event.stream] = event
        if unknown:
            for stream, history in reading.streams(connection, self._tenant, unknown, batch[-1].position).items():
                self._size += len(history) - len(self._streams.get(stream, ()))
                self._streams[stream] = history
        found: dict[UUID, History] = {}
        for stream, event in last.items():
            history = self._streams[stream]
            self._streams.move_to_end(stream)
            exact = history if len(history) == event.version else history[: event.version]
            found[stream] = (exact, first[stream].version - 1)
        self._forget()
        return found

    def _append(self, event: RecordedEvent) -> None:
        self._streams.setdefault(event.stream, []).append(event)
        self._size += 1

    def _forget(self) -> None:
        while self._size > KEPT_EVENTS and self._streams:
            _, history = self._streams.popitem(last=False)
            self._size -= len(history)
