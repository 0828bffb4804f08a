"""What the log says of one ticket in the words of the source: a fold of its events, and the import's only memory."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.importing.column_binding import ColumnBinding
from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.decider import ENDING_A_STATE
from domain.ticket.state import Ticket, evolve

CANCELLED = frozenset({"cancelled", "cancelled:duplicate", "cancelled:spam"})
ENDS = CANCELLED | {"resolved", "closed"}
QUEUE = frozenset({"none", "received", "assigned"})
LATE = "recorded after later rows"
"""The reason of details that say nothing of the present: their row came in behind later ones."""

_KINDS: dict[type, str] = {
    e.TicketReceived: "received",
    e.WorkStarted: "in_progress",
    e.WorkResumed: "in_progress",
    e.WorkStopped: "received",
    e.TicketReopened: "received",
    e.TicketResolved: "resolved",
    e.TicketClosed: "closed",
}
_TIMES: dict[type, tuple[str, ...]] = {
    e.TicketReceived: ("time.created", "time.received"),
    e.TicketPutOnHold: ("time.waiting",),
    e.TicketResolved: ("time.resolved",),
    e.TicketClosed: ("time.closed",),
    e.TicketCancelled: ("time.closed",),
}
_STATES_ALONE = ENDING_A_STATE - {e.TicketPutOnHold, e.TicketResolved, e.TicketCancelled}
OVERWRITES = ENDING_A_STATE | {e.TicketReceived, e.TicketAssigned, e.TicketCategorised, e.TicketPrioritised}
"""Events that replace what was so before: among them, order by version and order by time agree in imports."""


def cancelled_kind(cancelled_as: str | None) -> str:
    """The kind of state of a ticket that is cancelled so."""
    return f"cancelled:{cancelled_as}" if cancelled_as in {"duplicate", "spam"} else "cancelled"


class ImportedState:
    """What one source said of one ticket: ``kind`` of its state, ``cells`` by column in the words of the mapping,
    ``customer``, ``comments`` (by text, and by time and text), total ``effort``.

    ``last`` is the newest time that it told, ``moved`` that of the newest event that replaces another. ``cause`` names
    the newest row. ``foreign``: others recorded something that replaces; ``ticket`` is then what all of the log says.
    """

    __slots__ = (
        "_agent",
        "_binding",
        "_columns",
        "_shared",
        "_team",
        "_tells_times",
        "cause",
        "cells",
        "comments",
        "customer",
        "effort",
        "foreign",
        "kind",
        "last",
        "moved",
        "replied",
        "ticket",
    )  # fmt: skip

    def __init__(self, binding: ColumnBinding) -> None:
        self._binding = binding
        self._columns = binding.columns
        self._tells_times = any(key in binding.columns for keys in _TIMES.values() for key in keys)
        self._team, self._agent = (
            binding.columns.get("assignment.team", ""),
            binding.columns.get("assignment.agent", ""),
        )
        self._shared = False
        self.ticket = Ticket()
        self.kind = "none"
        self.cells: dict[str, str | None] = {}
        self.customer: UUID | None = None
        self.comments: Counter[tuple[datetime | None, str]] = Counter()
        self.replied: datetime | None = None
        self.effort = 0
        self.last: datetime | None = None
        self.moved: datetime | None = None
        self.cause: str | None = None
        self.foreign = False

    def fold(self, events: Sequence[RecordedEvent], ticket: str) -> None:
        """Takes in what is recorded of a ticket of that number."""
        own = self._binding.command_id(ticket, 0)[:-1]
        self._shared = any(not event.envelope.command_id.startswith(own) for event in events)
        for event in events:
            envelope = event.envelope
            if envelope.command_id.startswith(own):
                self.take(
                    event.payload, envelope.occurred_at, envelope.actor.id, envelope.reason, envelope.causation_id
                )
            else:
                self._take_foreign(event.payload, envelope.occurred_at)

    def _take_foreign(self, payload: e.TicketEvent, at: datetime) -> None:
        """One more event of somebody else."""
        self.ticket = evolve(self.ticket, payload, at)
        if type(payload) in OVERWRITES:
            self.foreign = True
            self.moved = at if self.moved is None else max(self.moved, at)

    def take(self, payload: e.TicketEvent, at: datetime, actor: str, reason: str | None, cause: str | None) -> None:
        """One more event of this source."""
        of = type(payload)
        if self._shared:
            self.ticket = evolve(self.ticket, payload, at)
        if self.last is None or at > self.last:
            self.last = at
        self.cause = cause or self.cause
        if of is e.TicketDetailsChanged:
            if reason != LATE:
                self._details(payload.changes)  # type: ignore[union-attr]  # of is its type
            return
        if of in OVERWRITES:
            self._overwrite(of, at, reason)
        if of not in _STATES_ALONE:
            self._facts(payload, at, actor)

    def _overwrite(self, of: type[e.TicketEvent], at: datetime, reason: str | None) -> None:
        if self.moved is None or at > self.moved:
            self.moved = at
        if reason is not None:
            self.cells[self._columns["state"]] = reason
        self.kind = _KINDS.get(of, self.kind)
        if self._tells_times:
            for key in _TIMES.get(of, ()):
                self._say(key, at.isoformat())

    def holder(self) -> tuple[str | None, str | None]:
        """Team and agent as the source said them last."""
        return self.cells.get(self._team), self.cells.get(self._agent)

    def _facts(self, payload: e.TicketEvent, at: datetime, actor: str) -> None:  # noqa: C901, PLR0912 -- one case an event
        match payload:
            case e.TicketAssigned(team=team, agent=agent):
                self._say("assignment.team", team)
                self._say("assignment.agent", agent)
            case e.TicketReceived():
                self._receipt(payload, actor)
            case e.TicketCategorised(category=category):
                self._say("category.column", category)
            case e.TicketPrioritised(priority=priority):
                self._say("priority.column", priority)
            case e.TicketPutOnHold(waiting_for=waiting_for):
                self.kind = f"waiting:{waiting_for}"
            case e.TicketCancelled(cancelled_as=cancelled_as):
                self.kind = cancelled_kind(cancelled_as)
            case e.TicketResolved(resolution=text, code=code):
                self._say("resolution.text", text)
                self._say("resolution.code", code)
            case e.ReplySent(body=body):
                self.replied = at if self.replied is None else min(self.replied, at)
                if body:
                    self._comment(body, at)
                else:
                    self._say("time.first_reply", at.isoformat())
            case e.NoteAdded(body=body) | e.MessageReceived(body=body):
                self._comment(body, at)
            case e.EffortLogged(seconds=seconds):
                self.effort += seconds
                self._say("effort.column", str(self.effort))
            case e.SatisfactionRated(score=score, comment=comment):
                self._say("satisfaction.column", str(score))
                self._say("satisfaction.comment", comment)
            case _:
                pass

    def _receipt(self, receipt: e.TicketReceived, actor: str) -> None:
        self.customer = receipt.customer_id
        for key, said in (
            ("channel.column", receipt.channel),
            ("category.column", receipt.category),
            ("priority.column", receipt.priority),
            ("received.subject", receipt.subject),
            ("received.body", receipt.body),
            ("received.actor", actor),
        ):
            self._say(key, said)
        if receipt.body is not None:
            self.comments[None, receipt.body] += 1

    def _details(self, changes: dict[str, e.Change]) -> None:
        columns = self._columns
        for column, change in changes.items():
            self.cells[column] = change.new
            if column == columns.get("customer") and change.new is not None:
                self.customer = self._binding.party(change.new, "").stream
            if column == columns["state"]:
                held = self.cells.get(self._agent) is not None
                kind = self._binding.kind(change.new, held=held)
                self.kind = self.kind if kind in {None, "unchanged"} else str(kind)

    def _comment(self, text: str, at: datetime) -> None:
        self.comments[None, text] += 1
        self.comments[at, text] += 1

    def _say(self, key: str, said: str | None) -> None:
        if (column := self._columns.get(key)) is not None:
            self.cells[column] = said
