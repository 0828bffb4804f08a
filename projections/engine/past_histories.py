"""Histories at another instant: what had happened by then, with the values of persons who are erased now erased."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.erasure.erased_reading import as_erased
from domain.event_log.reader import decode_rows, select_where

_LATER = "where topic = 'personal_data.erased' and position > %s order by position"


class HistoriesThen:
    """Cuts histories at an instant. Erasures count whenever they were recorded: they cannot be undone by an instant.

    It matters for values that were stored before encryption, whose keys no erasure can destroy.
    """

    def __init__(
        self, connection: Connection, tenant: str, up_to: int, as_of: datetime | None, without: Collection[int] = ()
    ) -> None:
        """``up_to`` is the last position of the histories; ``as_of`` None leaves out none of their events.

        ``without`` holds the positions of events that are left out, too.
        """
        self._connection = connection
        self._tenant = tenant
        self._up_to = up_to
        self._as_of = as_of
        self._without = without

    def of(self, history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
        """The events of a stream as they are read; ``history`` holds all of them up to the last position."""
        if not history:
            return []
        read = as_erased([*history, *self._later.get(history[0].stream, ())])[: len(history)]
        if self._without:
            read = [event for event in read if event.position not in self._without]
        return read if self._as_of is None else [event for event in read if event.occurred_at <= self._as_of]

    def of_each(self, histories: Mapping[UUID, Sequence[RecordedEvent]]) -> dict[UUID, list[RecordedEvent]]:
        """The same of some streams; one without events by then is absent."""
        return {stream: read for stream, history in histories.items() if (read := self.of(history))}

    @cached_property
    def _later(self) -> Mapping[UUID, list[RecordedEvent]]:
        """The erasures after the last position, by their streams. A partial index finds them."""
        rows = self._connection.execute(select_where(self._tenant, _LATER), [self._up_to], binary=True).fetchall()
        later: dict[UUID, list[RecordedEvent]] = {}
        for event in decode_rows(self._tenant, rows):
            later.setdefault(event.stream, []).append(event)
        return later
