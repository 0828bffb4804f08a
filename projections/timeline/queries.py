"""The timeline of a customer, page by page, on both time axes.

It is read from the audit history; no copy is kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.envelope import BEHIND_ALL
from domain.event_log.sql_files import sql_file
from projections.audit_history.table import AuditedEvent
from projections.customers.family import corrected_in
from projections.engine.table import column_names
from projections.scope.filters import MOST
from projections.scope.recorded_values import until_full
from projections.timeline.kinds import TOPICS, Kind

_SQL = sql_file("projections.timeline", "timeline.sql")
Order = Literal["oldest", "newest"]
_AT_ONCE = 100
"""Entries that are read at once: each may be long."""


class TimelineKey(NamedTuple):
    """Where an entry stands in the order of a timeline."""

    occurred_at: datetime
    position: int


_ENDS = {
    "oldest": TimelineKey(datetime.min.replace(tzinfo=UTC), 0),
    "newest": TimelineKey(datetime.max.replace(tzinfo=UTC), BEHIND_ALL),
}
_DIRECTIONS = {"oldest": (sql.SQL(">"), sql.SQL("asc")), "newest": (sql.SQL("<"), sql.SQL("desc"))}


@dataclass(slots=True)
class TimelineEntry(AuditedEvent):
    """One event. ``facts`` is its payload; ``changes`` are objects of field, old and new."""

    changes: list[dict[str, Any]]
    facts: dict[str, Any]


class TimelinePage(NamedTuple):
    """Entries by (occurred_at, position). ``following`` continues behind the last of them; None when that was all."""

    entries: list[TimelineEntry]
    following: TimelineKey | None


def timeline(
    connection: Connection,
    schema: str,
    customers: Collection[UUID],
    *,
    kinds: Collection[Kind] = (),
    order: Order = "oldest",
    after: TimelineKey | None = None,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> TimelinePage:
    """The events of some customers, who are one: their own, and those of their tickets, contracts, usage and files.

    ``kinds`` empty means all. ``known_at`` leaves out what was recorded later, ``as_of`` what happened later. A ticket
    belongs to the customer whom its latest correction names by then. The cost is that of a page for each customer.
    """
    size = min(limit, MOST)
    members = list(customers)
    instants = {"known_at": known_at, "as_of": as_of}
    parameters = {
        "customers": members,
        "corrected_in": corrected_in(connection, schema, members, **instants),
        "topics": sorted(topic for kind in kinds for topic in TOPICS[kind]) or None,
        "limit": size + 1,
        **instants,
    }
    keys: list[TimelineKey] = []
    begin: TimelineKey | None = after or _ENDS[order]
    while begin is not None and len(keys) <= size:
        page = connection.execute(_filled(schema, "keys", order), parameters | begin._asdict()).fetchall()
        keys += [TimelineKey(occurred_at, position) for occurred_at, position, given_away in page if not given_away]
        begin = TimelineKey(*page[-1][:2]) if len(page) > size else None
    positions = [key.position for key in keys[:size]]
    parts = (
        entries_at(connection, schema, positions[first : first + _AT_ONCE])
        for first in range(0, len(positions), _AT_ONCE)
    )
    entries = list(until_full(chain.from_iterable(parts), attrgetter("facts")))
    return TimelinePage(entries, keys[len(entries) - 1] if len(keys) > len(entries) else None)


def entries_at(connection: Connection, schema: str, positions: list[int]) -> list[TimelineEntry]:
    """The entries at some positions, in this order."""
    with connection.cursor(row_factory=class_row(TimelineEntry)) as cursor:
        return cursor.execute(_filled(schema, "entries"), {"positions": positions}).fetchall()


@cache
def _filled(schema: str, name: str, order: Order = "oldest") -> sql.SQL:
    """The statement as one text, which the driver parses once."""
    beyond, direction = _DIRECTIONS[order]
    return sql.SQL(_SQL[name].composed(schema, columns=_COLUMNS, beyond=beyond, direction=direction).as_string())


_COLUMNS = sql.SQL(", ").join(sql.SQL("entry.{}").format(sql.Identifier(name)) for name in column_names(TimelineEntry))
