"""What a procedure would have started by itself in a part of the log."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.event_log import reader
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.progress import StaleStart, StartableProcedure, starts

PAGE = 5_000
MOST_NAMED = 20
"""The starts that are named, the last ones."""
_TOPIC = 3
"""The column of the topic in a row of the log."""


@dataclass(frozen=True, slots=True)
class NamedStart:
    """An event that would have started it, and for what."""

    at: datetime
    topic: str
    subject: UUID


@dataclass(frozen=True, slots=True)
class WouldHaveStarted:
    """``starts`` counts the events that would have started it, ``subjects`` whom it would have been about.

    ``stale`` counts the facts that were told too late for it.
    """

    starts: int
    subjects: int
    stale: int
    named: list[NamedStart]


def would_have_started(
    connection: Connection, tenant: str, name: str, definition: ProcedureDefinition, since: datetime
) -> WouldHaveStarted:
    """The starts among the events that were recorded after an instant, as if it had been published before them."""
    topics = {match.topic for match in definition.starts_on}
    startable = [StartableProcedure(name, 0, -1, definition)]
    started, stale, subjects = 0, 0, set[UUID]()
    named: deque[NamedStart] = deque(maxlen=MOST_NAMED)
    position = reader.position_at(connection, tenant, since)
    while rows := reader.page_rows(connection, tenant, position, PAGE, reader.PAGE_BYTES):
        position = int(rows[-1][0])
        for event in reader.decode_rows(tenant, [row for row in rows if row[_TOPIC] in topics]):
            for start in starts(event, startable, event.recorded_at):
                if isinstance(start, StaleStart):
                    stale += 1
                    continue
                started += 1
                subject: UUID = start.command.subject  # type: ignore[attr-defined]  # of StartProcedure
                subjects.add(subject)
                named.append(NamedStart(event.occurred_at, event.topic, subject))
    return WouldHaveStarted(started, len(subjects), stale, list(named))
