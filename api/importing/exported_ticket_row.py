"""A row of a ticket while its events are made."""

from datetime import datetime

from api.importing.column_binding import ColumnBinding
from api.importing.imported_event import ImportedEvent
from api.importing.imported_state import ImportedState
from api.importing.row_times import times_of, updated_of
from api.importing.rows import RowCells
from domain.command_context import Actor
from domain.ticket import events as e


class ExportedTicketRow:
    """The values of a row, its times by key, its actor, holder and state, and the events so far.

    ``at`` is when the row happened; ``dated``: the file says so. ``state`` is as written, ``kind`` is its kind.
    ``details``: cells by column that are kept as details, beside those that are compared.
    """

    __slots__ = (
        "actor",
        "agent",
        "at",
        "cause",
        "dated",
        "details",
        "events",
        "indexes",
        "kind",
        "state",
        "team",
        "times",
        "values",
    )

    def __init__(self, binding: ColumnBinding, imported: ImportedState, values: RowCells) -> None:
        self.values = values
        self.indexes = binding.indexes
        self.times, self.dated = times_of(binding, imported, values)
        self.at = self.times["row"]
        self.actor = binding.actor(self.cell("actor"))
        self.cause = self.cell("revision") or updated_of(self.times)
        self.events: list[ImportedEvent] = []
        self.details: dict[str, str] = {}
        self.team, self.agent = self.cell("assignment.team"), self.cell("assignment.agent")
        if binding.mapping.assignment.blank == "unchanged":
            team, agent = imported.holder()
            self.team, self.agent = self.team or team, self.agent or agent
        self.state = binding.state(values)
        self.kind = binding.kind(self.state, held=self.agent is not None)

    def cell(self, key: str) -> str | None:
        """The value in the column of a key; None also without such a column."""
        index = self.indexes.get(key)
        return None if index is None else self.values[index]

    def add(
        self,
        payload: e.TicketEvent,
        at: datetime | None = None,
        *,
        reason: str | None = None,
        actor: Actor | None = None,
    ) -> None:
        """Adds an event; the defaults are the row's own time and actor."""
        self.events.append(ImportedEvent(at or self.at, actor or self.actor, payload, reason, self.cause))
