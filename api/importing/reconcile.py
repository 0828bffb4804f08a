"""What becomes of each row of a ticket, given what the log holds of that ticket already: pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from api.importing.column_binding import ColumnBinding, CustomerRef, RowCells, RowRejected
from api.importing.recorded_rows import RowStatus, diff_exports, diff_rows
from api.importing.rows import Row
from api.importing.translate import ImportedEvent, TicketTranslation
from domain.envelope import RecordedEvent

CHANGED = "differs from the row of this ticket that is recorded in its place; what is recorded is not overwritten"
OLDER = "is older than what is recorded of its ticket; import exports in the order in which they were made"


class RecordedTicket(NamedTuple):
    """What the log holds of a ticket: the fingerprints of its rows in their order, those that came in late, and all of
    its events.
    """

    fingerprints: Sequence[str] = ()
    late: Sequence[str] = ()
    events: Sequence[RecordedEvent] = ()

    @property
    def rows(self) -> int:
        """How many rows are recorded."""
        return len(self.fingerprints) + len(self.late)


class ReconciledRow(NamedTuple):
    """``facts`` are to be recorded: those of a new or late row, none of any other.

    ``held``: waits for a row of its ticket that cannot be read. ``not_overwritten``: the row says otherwise what
    somebody has decided here since; that is kept as details. ``moved_back``: a later export says an earlier state.
    ``unknown_state``: of a row that can be read, a state that the mapping does not name.
    """

    ticket: str
    row: Row
    fingerprint: str
    place: Literal["known", "new", "late", "held", "rejected"]
    reason: str = ""
    party: CustomerRef | None = None
    facts: Sequence[ImportedEvent] = ()
    back_in_time: bool = False
    unknown_state: str | None = None
    not_overwritten: bool = False
    moved_back: bool = False
    unreadable: bool = False


def reconcile(
    binding: ColumnBinding, ticket: str, rows: Sequence[Row], fingerprints: Sequence[str], recorded: RecordedTicket
) -> list[ReconciledRow]:
    """One line for each row. When one of the rows cannot be read, those that are not recorded yet are held back."""
    history = TicketTranslation(binding, ticket, recorded.events)
    sound = [(row, fingerprint) for row, fingerprint in zip(rows, fingerprints, strict=True) if row.flaw is None]
    places_of_sound = iter(_places(binding, sound, recorded, history))
    lines: list[ReconciledRow] = []
    before: RowCells | None = None
    latest: datetime | None = None
    for row, fingerprint in zip(rows, fingerprints, strict=True):
        if row.flaw is not None:
            lines.append(ReconciledRow(ticket, row, fingerprint, "rejected", row.flaw, unreadable=True))
            continue
        place = next(places_of_sound)
        try:
            values = binding.values(row.cells)
            party, facts = _facts(history, place, values, before)
            at = (place == "new" and history.at) or history.row_time(values, latest)
        except RowRejected as unfit:
            lines.append(ReconciledRow(ticket, row, fingerprint, "rejected", str(unfit), unreadable=True))
            continue
        back = latest is not None and at < latest
        before, latest = values, at if latest is None else max(latest, at)
        if place == "changed":
            reason = OLDER if binding.one_row_each else CHANGED
            lines.append(ReconciledRow(ticket, row, fingerprint, "rejected", reason))
            continue
        line = ReconciledRow(
            ticket, row, fingerprint, place, back_in_time=back, unknown_state=binding.unknown_state(values)
        )
        if place != "known":
            line = line._replace(party=party, facts=facts)
        if place == "new":
            line = line._replace(
                back_in_time=back or history.out_of_order,
                not_overwritten=history.not_overwritten,
                moved_back=history.moved_back,
            )
        lines.append(line)
    unreadable = min((line.row.line for line in lines if line.unreadable), default=None)
    return lines if unreadable is None else [_held_back(line, unreadable) for line in lines]


def _held_back(line: ReconciledRow, unreadable: int) -> ReconciledRow:
    if line.place in {"known", "rejected"}:
        return line
    reason = f"is held back with line {unreadable} of the same ticket, which cannot be read"
    return ReconciledRow(line.ticket, line.row, line.fingerprint, "held", reason, unknown_state=line.unknown_state)


def _facts(
    history: TicketTranslation, place: RowStatus, values: RowCells, before: RowCells | None
) -> tuple[CustomerRef | None, list[ImportedEvent]]:
    match place:
        case "new":
            return history.party(values), history.take(values)
        case "late":
            return history.party(values), history.note(values, before)
        case _:
            return None, []


def _places(
    binding: ColumnBinding, sound: Sequence[tuple[Row, str]], recorded: RecordedTicket, history: TicketTranslation
) -> list[RowStatus]:
    fingerprints = [fingerprint for _, fingerprint in sound]

    def at(number: int) -> datetime | None:
        try:
            return history.row_time(binding.values(sound[number][0].cells), None)
        except RowRejected:
            return None

    if binding.one_row_each:
        updated = history.updated()
        return diff_exports(fingerprints, recorded.fingerprints, lambda n: _before(at(n), updated))
    found = diff_rows(fingerprints, recorded.fingerprints, lambda n: _before(history.memory.last, at(n)))
    late = Counter(recorded.late)
    for number, fingerprint in enumerate(fingerprints):
        if found[number] != "known" and late[fingerprint]:
            late[fingerprint] -= 1
            found[number] = "known"
    return found


def _before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other
