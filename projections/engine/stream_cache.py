"""An LRU cache of the events of recently used streams: each event is read and decoded once."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from sys import getsizeof
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.ticket.events import Change
from projections.engine.stream import Stream

KEPT_BYTES = 64 * 2**20
BYTES_OF_AN_EVENT = 3_400
"""What the objects of an event take without its texts, measured with an imported history."""
BYTES_OF_A_CHANGE = 600


class StreamCache:
    """The streams of a tenant: at most about KEPT_BYTES in memory, and those of one batch; ``size`` is in bytes."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self._streams: OrderedDict[UUID, list[RecordedEvent]] = OrderedDict()
        self._sizes: defaultdict[UUID, int] = defaultdict(int)
        self.size = 0

    def up_to(self, connection: Connection, batch: Sequence[RecordedEvent]) -> dict[UUID, Stream]:
        """Each stream of the batch up to its last event there; the batch is a run of consecutive events of the log."""
        new: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
        for event in batch:
            new[event.stream].append(event)
        unknown = [stream for stream, events in new.items() if len(self._of(stream)) < events[0].version - 1]
        if unknown:
            for stream, history in reader.streams(connection, self._tenant, unknown, batch[-1].position).items():
                self._add(stream, history[len(self._of(stream)) :])
        streams: dict[UUID, Stream] = {}
        for stream, events in new.items():
            first, last = events[0].version, events[-1].version
            self._add(stream, events[len(self._of(stream)) + 1 - first :])
            history = self._streams[stream]
            streams[stream] = Stream(history if len(history) == last else history[:last], new_from=first - 1)
            if streams[stream].erased:
                self._drop(stream)
        self._forget()
        return streams

    def _of(self, stream: UUID) -> Sequence[RecordedEvent]:
        return self._streams.get(stream, ())

    def _add(self, stream: UUID, events: Sequence[RecordedEvent]) -> None:
        self._streams.setdefault(stream, []).extend(events)
        self._streams.move_to_end(stream)
        size = sum(map(_size, events))
        self._sizes[stream] += size
        self.size += size

    def _drop(self, stream: UUID) -> None:
        """Keeps no personal value of an erased stream in memory."""
        del self._streams[stream]
        self.size -= self._sizes.pop(stream)

    def _forget(self) -> None:
        while self.size > KEPT_BYTES and self._streams:
            stream, _ = self._streams.popitem(last=False)
            self.size -= self._sizes.pop(stream)


def _size(event: RecordedEvent) -> int:
    """About how many bytes the event takes in memory."""
    size = BYTES_OF_AN_EVENT
    for value in vars(event.payload).values():
        if isinstance(value, str):
            size += getsizeof(value)
        elif isinstance(value, dict):
            size += sum(BYTES_OF_A_CHANGE + _length(part) for part in value.values())
    return size


def _length(value: Any) -> int:
    """About how many bytes a value of a dictionary takes: a change, a text, or data of another system."""
    if isinstance(value, Change):
        return getsizeof(value.old or "") + getsizeof(value.new or "")
    return getsizeof(str(value))
