"""The published policies and calendars of logs, each decoded once: a calendar holds the holidays of 130 years."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.event_log.schema import OF_RULES, schema_of

KEPT_CHARACTERS = 32_000_000
"""Of stored text whose events are kept: about 350 calendars of 88,000 characters."""

Key = tuple[int, UUID, int, datetime]
"""Position, stream, version and recorded_at, to the microsecond of a database's clock: no two events share all four."""
Decode = Callable[[Sequence[tuple[Any, ...]]], list[RecordedEvent]]


class PublishedEvents:
    """Decoded events by what identifies them, those used last. Threads may share it; events never change."""

    def __init__(self, columns: str, decode: Decode) -> None:
        self._columns = columns
        self._decode = decode
        self._kept: OrderedDict[Key, tuple[RecordedEvent, int]] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def read(self, connection: Connection, tenant: str, up_to: int) -> list[RecordedEvent]:
        """Those up to a position, in order. Two statements where something is new, else one."""
        log = sql.Identifier(schema_of(tenant))
        which = sql.SQL(
            f"select position, stream, version, recorded_at from {{}}.events where {OF_RULES} and position <= %s"
            " order by position"
        )
        keys: list[Key] = connection.execute(which.format(log), [up_to], binary=True).fetchall()
        found = self._look_up(keys)
        new = [key for key in keys if key not in found]
        if new:
            statement = sql.SQL(f"select {self._columns} from {{}}.events where position = any(%s) order by position")
            rows = connection.execute(statement.format(log), [[key[0] for key in new]], binary=True).fetchall()
            decoded = self._decode(rows)
            found |= dict(zip(new, decoded, strict=True))
            self._keep(new, decoded, [len(row[-1]) for row in rows])
        return [found[key] for key in keys]

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
            while self._characters > KEPT_CHARACTERS:
                _, (_, size) = self._kept.popitem(last=False)
                self._characters -= size
