"""A cache of published policies, calendars and definitions: a calendar holds the holidays of 130 years, so that its
decoding is slow."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file

KEPT_CHARACTERS = 32_000_000
"""How much stored text the kept events may have: about 350 calendars of 88,000 characters."""
_QUERIES = sql_file("domain.event_log", "queries.sql")

Key = tuple[int, UUID, int, datetime]
"""Position, stream, version and recorded_at. No two events of any tenant or database share all four."""
Decode = Callable[[str, Sequence[tuple[Any, ...]]], list[RecordedEvent]]
"""The events of a tenant's rows."""


class PublishedEvents:
    """An LRU cache of decoded events. Threads may share it; events never change.

    ``keys`` names the query of the events that it holds.
    """

    def __init__(self, decode: Decode, kept_characters: int = KEPT_CHARACTERS, keys: str = "published_keys") -> None:
        self._decode = decode
        self._query = keys
        self._kept_characters = kept_characters
        self._kept: OrderedDict[Key, tuple[RecordedEvent, int]] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def read(self, connection: Connection, tenant: str, up_to: int) -> list[RecordedEvent]:
        """The published events up to a position, in order. One statement, and another one when some are not kept."""
        which = _QUERIES[self._query].of(tenant)
        keys: list[Key] = connection.execute(which, {"up_to": up_to}, binary=True).fetchall()
        events = self._look_up(keys)
        new = [key for key in keys if key not in events]
        if new:
            positions = {"positions": [key[0] for key in new]}
            rows = connection.execute(_QUERIES["events_at"].of(tenant), positions, binary=True).fetchall()
            decoded = self._decode(tenant, rows)
            events |= dict(zip(new, decoded, strict=True))
            self._keep(new, decoded, [len(row[-1]) for row in rows])
        return [events[key] for key in keys]

    def _look_up(self, keys: Sequence[Key]) -> dict[Key, RecordedEvent]:
        with self._lock:
            known = [key for key in keys if key in self._kept]
            for key in known:
                self._kept.move_to_end(key)
            return {key: self._kept[key][0] for key in known}

    def _keep(self, keys: Sequence[Key], events: Sequence[RecordedEvent], sizes: Sequence[int]) -> None:
        with self._lock:
            for key, event, size in zip(keys, events, sizes, strict=True):
                if key not in self._kept:
                    self._kept[key] = event, size
                    self._characters += size
            while self._characters > self._kept_characters:
                _, (_, size) = self._kept.popitem(last=False)
                self._characters -= size
