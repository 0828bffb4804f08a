"""The histories of the streams that are being worked on, kept so that each event is read and decoded once."""

from collections import OrderedDict, defaultdict
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
        new: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
        for event in batch:
            new[event.stream].append(event)
        unknown = [stream for stream, events in new.items() if len(self._of(stream)) < events[0].version - 1]
        if unknown:
            for stream, history in reading.streams(connection, self._tenant, unknown, batch[-1].position).items():
                self._add(stream, history[len(self._of(stream)) :])
        found: dict[UUID, History] = {}
        for stream, events in new.items():
            first, last = events[0].version, events[-1].version
            self._add(stream, events[len(self._of(stream)) + 1 - first :])
            history = self._streams[stream]
            found[stream] = (history if len(history) == last else history[:last], first - 1)
        self._forget()
        return found

    def _of(self, stream: UUID) -> Sequence[RecordedEvent]:
        return self._streams.get(stream, ())

    def _add(self, stream: UUID, events: Sequence[RecordedEvent]) -> None:
        self._streams.setdefault(stream, []).extend(events)
        self._streams.move_to_end(stream)
        self._size += len(events)

    def _forget(self) -> None:
        while self._size > KEPT_EVENTS and self._streams:
            _, history = self._streams.popitem(last=False)
            self._size -= len(history)
