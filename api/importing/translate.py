"""From the rows of a ticket to events: pure, each row compared with what is recorded of its ticket."""

from collections.abc import Callable, Sequence
from datetime import datetime

from api.importing.column_binding import ColumnBinding
from api.importing.contacts import add_contacts
from api.importing.exported_ticket_row import ExportedTicketRow
from api.importing.imported_event import ImportedEvent, by_time, in_order
from api.importing.imported_state import LATE_DETAILS, QUEUE, ImportedState
from api.importing.row_times import row_time
from api.importing.rows import RowCells
from api.importing.source_ids import CustomerRef
from api.importing.state_steps import SourceState, StateStep, agrees, kind_by_times, state_steps
from domain.envelope import RecordedEvent
from domain.text_folding import same_name
from domain.ticket import events as e


class TicketTranslation:
    """One ticket as the log and the rows so far describe it.

    ``at`` is when the last row happened. ``out_of_order``: it holds a time before the receipt, or before what that time
    ends. ``not_overwritten``: it contradicts what others have decided here since, and is kept as details.
    ``moved_back``: it puts the ticket back to an earlier state than an earlier export did.
    """

    def __init__(self, binding: ColumnBinding, ticket: str, recorded: Sequence[RecordedEvent] = ()) -> None:
        self._binding = binding
        self._ticket = ticket
        self.imported = ImportedState(binding)
        if recorded:
            self.imported.fold(recorded, ticket)
        self.out_of_order = False
        self.not_overwritten = False
        self.moved_back = False
        self.at: datetime | None = None
        self._reference: str | None = None

    def take(self, values: RowCells) -> list[ImportedEvent]:
        """The events of the next row, at least one. Raises RowRejected; such a row has no effect on later ones."""
        binding, imported = self._binding, self.imported
        row = ExportedTicketRow(binding, imported, values)
        self.at = row.at
        self.not_overwritten = self.moved_back = False
        if imported.kind == "none":
            self._add_receipt(row)
        else:
            self._add_words(row)
        steps = self._steps(row)
        reopened = next((number for number, step in enumerate(steps, 1) if type(step.payload) is e.TicketReopened), 0)
        self._add_steps(row, steps[:reopened])
        self._add_assignment(row)
        self._add_steps(row, steps[reopened:])
        if binding.has_contacts:
            add_contacts(binding, imported, row)
        events, moved = in_order(row.events, imported.moved)
        self.out_of_order = moved or min(row.times.values()) < row.times["created"]
        for event in events:
            self._take(event)
        changes = self._changes(row)
        has_own_event = binding.rows_are_tickets or any(event.at == row.at for event in events)
        if changes or not events or not has_own_event:
            details = ImportedEvent(row.at, row.actor, e.TicketDetailsChanged(changes=changes), None, row.cause)
            self._take(details)
            events = sorted([*events, details], key=by_time)
        return events

    def note(self, values: RowCells, before: RowCells | None) -> list[ImportedEvent]:
        """A row as changed details alone, because later rows of its ticket are recorded already."""
        row = ExportedTicketRow(self._binding, self.imported, values)
        changes = {
            column: e.Change(old=before[index] if before else None, new=values[index])
            for index, column in self._binding.compared.kept
            if values[index] != (before[index] if before else None)
        }
        row.add(e.TicketDetailsChanged(changes=changes), reason=LATE_DETAILS)
        return row.events

    def row_time(self, values: RowCells, after: datetime | None) -> datetime:
        """When a row happened or was true, as ``take`` reads it. Raises RowRejected."""
        return row_time(self._binding, self.imported, values, after)

    def updated(self) -> datetime | None:
        """When the newest recorded row of a ticket was updated, if nothing else names the rows."""
        cause = self.imported.cause
        if cause is None or "revision" in self._binding.indexes or "time.updated" not in self._binding.columns:
            return None
        return datetime.fromisoformat(cause)

    def new_customer(self, values: RowCells) -> CustomerRef | None:
        """The customer that the next row names, if the ticket does not have that customer yet."""
        index = self._binding.indexes.get("customer")
        reference = None if index is None else values[index]
        if self.imported.kind == "none":
            return self._binding.ids.customer(reference, self._ticket)
        if reference is None or reference == self._reference:
            return None
        customer = self._binding.ids.customer(reference, self._ticket)
        if customer.stream == self.imported.customer:
            self._reference = reference
            return None
        self._reference = None
        return customer

    def _add_receipt(self, row: ExportedTicketRow) -> None:
        binding, mapping = self._binding, self._binding.mapping
        receipt = e.TicketReceived(
            customer_id=binding.ids.customer(row.cell("customer"), self._ticket).stream,
            channel=mapping.channel.word(row.cell("channel.column")),
            subject=row.cell("received.subject") or self._ticket,
            category=mapping.category.word(row.cell("category.column")),
            priority=mapping.priority.word(row.cell("priority.column")),
            body=row.cell("received.body"),
            external_reference=self._ticket,
        )
        receiver = binding.actor(row.cell("received.actor") or row.cell("actor"))
        row.add(receipt, row.times["created"], reason=row.state if row.kind in QUEUE else None, actor=receiver)

    def _add_words(self, row: ExportedTicketRow) -> None:
        mapping, ticket = self._binding.mapping, self.imported.ticket
        category = self._changed_word(row, "category.column", mapping.category.word, ticket.category)
        if category is not None:
            row.add(e.TicketCategorised(category=category))
        priority = self._changed_word(row, "priority.column", mapping.priority.word, ticket.priority)
        if priority is not None:
            row.add(e.TicketPrioritised(priority=priority))

    def _changed_word(
        self, row: ExportedTicketRow, key: str, word: Callable[[str | None], str], ours: str | None
    ) -> str | None:
        """Our word for the cell of a key, if it is not what was imported last and nobody has chosen another here."""
        column = self._binding.columns.get(key)
        if column is None:
            return None
        new, known = word(row.cell(key)), self.imported.cells.get(column)
        if new == known:
            return None
        if self.imported.foreign and ours != known:
            self.not_overwritten = True
            return None
        return new

    def _add_assignment(self, row: ExportedTicketRow) -> None:
        imported = self.imported
        team, agent = imported.holder()
        if same_name(row.team, team) and same_name(row.agent, agent):
            return
        if imported.foreign and (imported.ticket.team, imported.ticket.agent) != (team, agent):
            self.not_overwritten = True
            return
        is_state = row.kind == "assigned" and imported.kind in QUEUE
        at = row.times["created"] if imported.kind == "none" and self._binding.rows_are_tickets else row.at
        row.add(e.TicketAssigned(team=row.team, agent=row.agent), at, reason=row.state if is_state else None)

    def _steps(self, row: ExportedTicketRow) -> list[StateStep]:
        """The steps to the state of the row; none when others have decided here since."""
        binding, imported, times = self._binding, self.imported, row.times
        resolved, closed = times.get("resolved"), times.get("closed")
        kind = kind_by_times(row.kind, imported.kind, resolved, closed)
        if kind is None:
            if binding.state_indexes:
                return []
            kind = "received"
        text, code = row.cell("resolution.text"), row.cell("resolution.code")
        state = SourceState(row.at, kind, row.state, text, code, row.dated, resolved, closed, times.get("waiting"))
        known_resolution = imported.cells.get(binding.columns.get("time.resolved", ""))
        steps = state_steps(imported, state, known_resolution)
        if steps and imported.foreign and not agrees(imported):
            self.not_overwritten = True
            return []
        return steps

    def _add_steps(self, row: ExportedTicketRow, steps: Sequence[StateStep]) -> None:
        is_later_export = self._binding.rows_are_tickets and self.imported.kind != "none"
        for step in steps:
            self.moved_back |= is_later_export and isinstance(step.payload, e.TicketReopened | e.WorkStopped)
            row.add(step.payload, step.at, reason=step.reason)

    def _take(self, event: ImportedEvent) -> None:
        self.imported.take(event.payload, event.at, event.actor.id, event.reason, event.cause)  # type: ignore[arg-type]  # rows of tickets have no customer's events

    def _changes(self, row: ExportedTicketRow) -> dict[str, e.Change]:
        """What the row says and its other events do not."""
        values, cells, compared = row.values, self.imported.cells, self._binding.compared
        changes = {
            column: e.Change(old=cells.get(column), new=values[index])
            for index, column in compared.unmapped
            if values[index] != cells.get(column)
        }
        for mapped in compared.mapped:
            new, old = mapped.read(values), cells.get(mapped.column)
            if new != old and (new is not None or not mapped.lasts):
                changes[mapped.column] = e.Change(old=old, new=new)
        for joined in compared.joined:
            new = values[joined.hours] if all(values[date] is None for date in joined.dates) else None
            if new != cells.get(joined.column):
                changes[joined.column] = e.Change(old=cells.get(joined.column), new=new)
        for column, cell in row.details.items():
            if cell != cells.get(column):
                changes[column] = e.Change(old=cells.get(column), new=cell)
        if "customer" in self._binding.indexes and (customer := self.new_customer(values)):
            column = self._binding.columns["customer"]
            changes[column] = e.Change(old=cells.get(column), new=customer.reference)
        return changes
