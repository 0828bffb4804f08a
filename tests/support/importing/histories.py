"""Small histories for the tests of the import: files, mappings, and what a file's rows come to."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from api.importing.column_binding import ColumnBinding
from api.importing.imported_event import ImportedEvent
from api.importing.imported_state import LATE_DETAILS
from api.importing.importer import import_file
from api.importing.mapping import ImportMapping
from api.importing.outcome import ImportResult
from api.importing.reconcile import ReconciledRow, RecordedTicket, reconcile
from api.importing.rows import Row
from api.importing.translate import TicketTranslation
from domain.envelope import Envelope, RecordedEvent

NOTHING = RecordedTicket()
HEADER = ["ticket", "status", "time", "agent", "team", "category", "priority", "channel", "customer", "note"]
MAPPING: dict[str, Any] = {
    "source": "old-desk",
    "missing": ["", "?"],
    "ticket": "ticket",
    "actor": "agent",
    "customer": "customer",
    "time": {"column": "time"},
    "state": {
        "column": "status",
        "values": {
            "New": "received",
            "Assigned": "assigned",
            "Active": "in_progress",
            "Waiting": "waiting:customer",
            "Vendor": "waiting:third_party",
            "Resolved": "resolved",
            "Closed": "closed",
            "Cancelled": "cancelled",
        },
    },
    "assignment": {"team": "team", "agent": "agent"},
    "category": {"column": "category"},
    "priority": {"column": "priority", "values": {"high": "P1", "low": "P3"}},
    "channel": {"column": "channel", "values": {"phone": "hotline"}},
}


def mapping(**changed: Any) -> ImportMapping:
    return ImportMapping.model_validate(MAPPING | changed)


def row(status: str, minute: int = 0, ticket: str = "T1", **cells: str) -> list[str]:
    """A row at so many minutes past eight; what is not said is missing."""
    cell = {
        "ticket": ticket,
        "status": status,
        "time": f"2026-03-02T{8 + minute // 60:02}:{minute % 60:02}:00",
    } | cells
    return [cell.get(column, "") for column in HEADER]


def told(*rows: list[str], **changed: Any) -> list[list[ImportedEvent]]:
    """The facts of each row of one ticket."""
    binding = ColumnBinding(mapping(**changed), HEADER)
    history = TicketTranslation(binding, "T1")
    return [history.take(binding.values(cells)) for cells in rows]


def as_recorded(
    binding: ColumnBinding,
    rows: Iterable[tuple[str, Sequence[ImportedEvent]]],
    before: RecordedTicket = NOTHING,
    ticket: str = "T1",
) -> RecordedTicket:
    """What the log holds after rows that are told by fingerprint and facts, in its order."""
    prints, late, events = list(before.fingerprints), list(before.late), list(before.events)
    for fingerprint, facts in rows:
        if facts:
            command_id = binding.ids.command_id(ticket, len(prints) + len(late))
            (late if facts[0].reason == LATE_DETAILS else prints).append(fingerprint)
            for fact in facts:
                events.append(recorded_event(binding, fact, command_id, len(events) + 1, ticket))
    return RecordedTicket(prints, late, events)


def recorded_event(
    binding: ColumnBinding, fact: ImportedEvent, command_id: str, version: int, ticket: str = "T1"
) -> RecordedEvent:
    payload: Any = fact.payload
    envelope = Envelope(
        event_id=f"{command_id}#{version}",
        schema_version=payload.schema_version,
        occurred_at=fact.at,
        actor=fact.actor,
        command_id=command_id,
        reason=fact.reason,
        causation_id=fact.cause,
    )
    return RecordedEvent(version, binding.ids.stream(ticket), version, payload.topic, fact.at, envelope, payload)


def kinds_of(facts: Sequence[ImportedEvent]) -> list[str]:
    """What kind of facts they are."""
    return [fact.payload.topic.partition(".")[2] for fact in facts]


def write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def record(dsn: str, path: Path, tenant: str = "default", **changed: Any) -> ImportResult:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return import_file(connection, tenant, path, mapping(**changed), rejects_of(path))


def rejects_of(path: Path) -> Path:
    return path.with_suffix(".rejects.csv")


def rejected(path: Path) -> list[tuple[int, str, str]]:
    """Line, reason and row of each rejected row."""
    if not rejects_of(path).exists():
        return []
    with rejects_of(path).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return [(int(line), reason, text) for line, reason, text in list(csv.reader(file))[1:]]


def log(dsn: str) -> list[tuple[Any, ...]]:
    """Everything in the log but its order between streams, and when it was recorded."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "select stream, version, topic, state from tenant_default.events order by stream, version"
        ).fetchall()


MAPPED = ["New", "Assigned", "Active", "Waiting", "Vendor", "Resolved", "Closed", "Cancelled"]


def lines_of(
    *rows: list[str], log: RecordedTicket = NOTHING, **changed: Any
) -> tuple[list[ReconciledRow], RecordedTicket]:
    binding = ColumnBinding(mapping(**changed), HEADER)
    lines = reconcile(binding, "T1", [Row(n, "", cells) for n, cells in enumerate(rows, 2)], log)
    return lines, as_recorded(binding, [(line.fingerprint, line.events) for line in lines], log)


STATES = ["New", "Active", "Waiting", "Resolved", "Closed", "Frozen"]
"""The last one is unknown to the mapping."""


def desk_history(tickets: int, rows: int = 5) -> list[list[str]]:
    """Rows of several tickets by turns, as a whole desk writes them."""
    return [
        row(
            STATES[number % 5],
            number,
            f"T{ticket:05}",
            customer=f"C{ticket % 7}",
            agent=f"agent-{ticket % 3}",
            team="A",
        )
        for number in range(rows)
        for ticket in range(tickets)
    ]
