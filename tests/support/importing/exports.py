"""Exports of one row for each ticket: their mapping, what a file of theirs comes to, and what the next one adds."""

from datetime import datetime
from typing import Any, NamedTuple

from api.importing.column_binding import ColumnBinding
from api.importing.mapping import ImportMapping
from api.importing.reconcile import ReconciledRow, RecordedTicket, reconcile
from api.importing.rows import Row
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from tests.support.importing.histories import NOTHING, as_recorded

HEADER = [
    "id", "status", "created", "first_reply", "waiting", "resolved", "closed", "due", "updated", "agent", "priority",
    "customer", "score", "minutes", "comment", "comment (2)", "note",
]  # fmt: skip
MAPPING: dict[str, Any] = {
    "source": "desk",
    "ticket": "id",
    "customer": "customer",
    "time": {key: key for key in ("created", "first_reply", "waiting", "resolved", "closed", "due", "updated")},
    "state": {
        "column": "status",
        "values": {
            "New": "received",
            "Active": "in_progress",
            "Waiting": "waiting:customer",
            "Resolved": "resolved",
            "Closed": "closed",
            "Cancelled": "cancelled",
            "Comment added": "unchanged",
        },
    },
    "assignment": {"agent": "agent"},
    "priority": {"column": "priority"},
    "satisfaction": {"column": "score", "values": {"good": 5, "bad": 1}},
    "effort": {"column": "minutes", "unit": "minutes"},
    "comments": [{"column": "comment", "shape": "date;author;text"}],
}


class ExportedRow(NamedTuple):
    """What became of a row, and what the log holds then. ``ticket`` is the fold of all of it."""

    reconciled: ReconciledRow
    log: RecordedTicket
    binding: ColumnBinding

    @property
    def events(self) -> list[tuple[str, str]]:
        """Topic and time of day (with the day before it, after the first of March) of each new fact."""
        return [(fact.payload.topic.partition(".")[2], fact.at.strftime("%d %H:%M")) for fact in self.reconciled.events]

    @property
    def changes(self) -> dict[str, tuple[str | None, str | None]]:
        changed = [fact.payload for fact in self.reconciled.events if isinstance(fact.payload, e.TicketDetailsChanged)]
        return {column: (change.old, change.new) for details in changed for column, change in details.changes.items()}

    @property
    def ticket(self) -> Ticket:
        ticket = Ticket()
        for event in self.log.events:
            ticket = evolve(ticket, event.payload, event.envelope.occurred_at)
        return ticket


def mapping(**changed: Any) -> ImportMapping:
    return ImportMapping.model_validate(MAPPING | changed)


def at(day_and_time: str) -> str:
    """ "02 08:00" is 8 o'clock on 2 March 2026."""
    return f"2026-03-{day_and_time.replace(' ', 'T')}:00+00:00"


def export(
    log: RecordedTicket = NOTHING, newest: str | None = None, of: ImportMapping | None = None, **cells: str
) -> ExportedRow:
    """The row of ticket T1 in an export that follows what the log holds. Times are written as ``at`` takes them."""
    times = MAPPING["time"]
    written = {"id": "T1", "status": "New"} | {
        name: at(cell) if name in times and cell[:1].isdigit() else cell for name, cell in cells.items()
    }
    binding = ColumnBinding(of or mapping(), HEADER)
    binding.times.newest = datetime.fromisoformat(at(newest)) if newest else None
    row = Row(2, "", [written.get(column.replace(" (2)", "_2"), "") for column in HEADER])
    (line,) = reconcile(binding, "T1", [row], log)
    return ExportedRow(line, as_recorded(binding, [(line.fingerprint, line.events)], log), binding)
