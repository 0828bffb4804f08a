"""What becomes of each row of a ticket, given what the log holds of that ticket: pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from api.importing.column_binding import ColumnBinding
from api.importing.imported_event import ImportedEvent
from api.importing.recorded_rows import RowStatus, diff_exports, diff_rows
from api.importing.rows import Row, RowCells, RowRejected
from api.importing.source_ids import CustomerRef
from api.importing.translate import TicketTranslation
from domain.envelope import RecordedEvent

CHANGED = "differs from the row of this ticket that is recorded in its place; what is recorded is not overwritten"
OLDER = "is older than what is recorded of its ticket; import exports in the order in which they were made"


class RecordedTicket(NamedTuple):
    """What the log holds of a ticket: the fingerprints of its rows in order, those of its late rows, and its events."""

    fingerprints: Sequence[str] = ()
    late: Sequence[str] = ()
    events: Sequence[RecordedEvent] = ()

    @property
    def rows(self) -> int:
        """The number of recorded rows."""
        return len(self.fingerprints) + len(self.late)


NOTHING_RECORDED = RecordedTicket()


class ReconciledRow(NamedTuple):
    """A row and its status. ``events`` are to be recorded; only new and late rows have any.

    ``held``: the row waits for a row of its ticket that cannot be read (``unreadable``). ``not_overwritten``: the row
    contradicts what others have decided here since, and is kept as details. ``moved_back``: a later export has an
    earlier state. ``unknown_state``: the state of a readable row that the mapping does not name.
    """

    ticket: str
    row: Row
    fingerprint: str
    status: Literal["known", "new", "late", "held", "rejected"]
    reason: str = ""
    customer: CustomerRef | None = None
    events: Sequence[ImportedEvent] = ()
    back_in_time: bool = False
    unknown_state: str | None = None
    not_overwritten: bool = False
    moved_back: bool = False
    unreadable: bool = False


def reconcile_tickets(
    binding: ColumnBinding, tickets: Mapping[str, Sequence[Row]], recorded: Mapping[str, RecordedTicket]
) -> dict[str, list[ReconciledRow]]:
    """The rows of each ticket with their status. ``recorded`` lacks the tickets of which the log holds nothing."""
    return {
        ticket: reconcile(binding, ticket, rows, recorded.get(ticket, NOTHING_RECORDED))
        for ticket, rows in tickets.items()
    }


def reconcile(
    binding: ColumnBinding, ticket: str, rows: Sequence[Row], recorded: RecordedTicket
) -> list[ReconciledRow]:
    """The rows of a ticket with their status. When a row cannot be read, those not recorded yet are held back."""
    written = [binding.stripped(row.cells) for row in rows]
    fingerprints = [binding.fingerprint(values) for values in written]
    history = TicketTranslation(binding, ticket, recorded.events)
    readable = [(row, fingerprint) for row, fingerprint in zip(rows, fingerprints, strict=True) if row.flaw is None]
    statuses = iter(_statuses(binding, readable, recorded, history))
    reconciled: list[ReconciledRow] = []
    before: RowCells | None = None
    latest: datetime | None = None
    for row, written_values, fingerprint in zip(rows, written, fingerprints, strict=True):
        if row.flaw is not None:
            reconciled.append(ReconciledRow(ticket, row, fingerprint, "rejected", row.flaw, unreadable=True))
            continue
        status = next(statuses)
        try:
            values = binding.checked(written_values)
            customer, events = _translated(history, status, values, before)
            at = (status == "new" and history.at) or history.row_time(values, latest)
        except RowRejected as error:
            reconciled.append(ReconciledRow(ticket, row, fingerprint, "rejected", str(error), unreadable=True))
            continue
        back = latest is not None and at < latest
        before, latest = values, at if latest is None else max(latest, at)
        if status == "changed":
            reason = OLDER if binding.rows_are_tickets else CHANGED
            reconciled.append(ReconciledRow(ticket, row, fingerprint, "rejected", reason))
            continue
        is_new = status == "new"
        reconciled.append(
            ReconciledRow(
                ticket,
                row,
                fingerprint,
                status,
                customer=customer,
                events=events,
                back_in_time=(back and status != "known") or (is_new and history.out_of_order),
                unknown_state=binding.unknown_state(values),
                not_overwritten=is_new and history.not_overwritten,
                moved_back=is_new and history.moved_back,
            )
        )
    unreadable = min((row.row.line for row in reconciled if row.unreadable), default=None)
    return reconciled if unreadable is None else [_held_back(row, unreadable) for row in reconciled]


def _held_back(row: ReconciledRow, unreadable: int) -> ReconciledRow:
    if row.status in {"known", "rejected"}:
        return row
    reason = f"is held back with line {unreadable} of the same ticket, which cannot be read"
    return ReconciledRow(row.ticket, row.row, row.fingerprint, "held", reason, unknown_state=row.unknown_state)


def _translated(
    history: TicketTranslation, status: RowStatus, values: RowCells, before: RowCells | None
) -> tuple[CustomerRef | None, Sequence[ImportedEvent]]:
    match status:
        case "new":
            return history.new_customer(values), history.take(values)
        case "late":
            return history.new_customer(values), history.note(values, before)
        case _:
            return None, ()


def _statuses(
    binding: ColumnBinding,
    readable: Sequence[tuple[Row, str]],
    recorded: RecordedTicket,
    history: TicketTranslation,
) -> list[RowStatus]:
    if not recorded.rows:
        return ["new"] * len(readable)
    fingerprints = [fingerprint for _, fingerprint in readable]

    def time_of(number: int) -> datetime | None:
        try:
            return history.row_time(binding.values(readable[number][0].cells), None)
        except RowRejected:
            return None

    if binding.rows_are_tickets:
        updated = history.updated()
        return diff_exports(fingerprints, recorded.fingerprints, lambda number: _is_before(time_of(number), updated))
    last = history.imported.last
    statuses = diff_rows(fingerprints, recorded.fingerprints, lambda number: _is_before(last, time_of(number)))
    late = Counter(recorded.late)
    for number, fingerprint in enumerate(fingerprints):
        if statuses[number] != "known" and late[fingerprint]:
            late[fingerprint] -= 1
            statuses[number] = "known"
    return statuses


def _is_before(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and earlier < later
