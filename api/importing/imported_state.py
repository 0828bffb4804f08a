"""What a source has said of a ticket so far: a fold of the recorded events, and all that an import remembers."""

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
LATE_DETAILS = "recorded after later rows"
"""The reason of details that say nothing of the present: later rows of their ticket were recorded before."""

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
"""Events that replace an earlier one. In imports their order by version agrees with that by time."""


def cancelled_kind(cancelled_as: str | None) -> str:
    """The kind of the state of a cancelled ticket."""
    return f"cancelled:{cancelled_as}" if cancelled_as in {"duplicate", "spam"} else "cancelled"


class ImportedState:
    """The ``kind`` of a ticket's state, its ``cells`` by column in the words of the mapping, its ``customer``, its
    ``comments`` (by text, and by time and text) and its total ``effort``, as one source said them last.

    ``last`` is the newest time of an event, ``moved`` that of the newest event that replaces another. ``cause`` names
    the newest row. ``replied`` is the first reply, ``bare_reply`` a reply of which only the time is known. ``foreign``:
    others have recorded an event that replaces another; ``ticket`` is then the state by all events.
    """

    __slots__ = (
        "_agent", "_binding", "_columns", "_shared", "_team", "bare_reply", "cause", "cells", "comments", "customer",
        "effort", "foreign", "kind", "last", "moved", "replied", "ticket",
    )  # fmt: skip

    def __init__(self, binding: ColumnBinding) -> None:
        self._binding = binding
        self._columns = binding.columns
        self._team = binding.columns.get("assignment.team", "")
        self._agent = binding.columns.get("assignment.agent", "")
        self._shared = False
        self.ticket = Ticket()
        self.kind = "none"
        self.cells: dict[str, str | None] = {}
        self.customer: UUID | None = None
        self.comments: Counter[tuple[datetime | None, str]] = Counter()
        self.replied: datetime | None = None
        self.bare_reply: datetime | None = None
        self.effort = 0
        self.last: datetime | None = None
        self.moved: datetime | None = None
        self.cause: str | None = None
        self.foreign = False

    def fold(self, events: Sequence[RecordedEvent], ticket: str) -> None:
        """Takes the recorded events of the ticket with that number."""
        own = self._binding.ids.command_id(ticket, 0)[:-1]
        self._shared = any(not event.envelope.command_id.startswith(own) for event in events)
        for event in events:
            envelope = event.envelope
            if envelope.command_id.startswith(own):
                self.take(
                    event.payload, envelope.occurred_at, envelope.actor.id, envelope.reason, envelope.causation_id
                )
            else:
                self._take_foreign(event.payload, envelope.occurred_at)

    def take(self, payload: e.TicketEvent, at: datetime, actor: str, reason: str | None, cause: str | None) -> None:
        """Takes one more event of this source."""
        cls = type(payload)
        if self._shared:
            self.ticket = evolve(self.ticket, payload, at)
        if self.last is None or at > self.last:
            self.last = at
        self.cause = cause or self.cause
        if cls is e.TicketDetailsChanged:
            if reason != LATE_DETAILS:
                self._take_details(payload.changes)  # type: ignore[union-attr]  # cls is its type
            return
        if cls in OVERWRITES:
            self._overwrite(cls, at, reason)
        if cls not in _STATES_ALONE:
            self._take_fields(payload, at, actor)

    def holder(self) -> tuple[str | None, str | None]:
        """The team and the agent that the source named last."""
        return self.cells.get(self._team), self.cells.get(self._agent)

    def _take_foreign(self, payload: e.TicketEvent, at: datetime) -> None:
        """Takes one more event of another source or of the desk."""
        self.ticket = evolve(self.ticket, payload, at)
        if type(payload) in OVERWRITES:
            self.foreign = True
            self.moved = at if self.moved is None else max(self.moved, at)

    def _overwrite(self, cls: type[e.TicketEvent], at: datetime, reason: str | None) -> None:
        if self.moved is None or at > self.moved:
            self.moved = at
        if reason is not None:
            self.cells[self._columns["state"]] = reason
        self.kind = _KINDS.get(cls, self.kind)
        for key in _TIMES.get(cls, ()):
            if key in self._columns:
                self.cells[self._columns[key]] = at.isoformat()

    def _take_fields(self, payload: e.TicketEvent, at: datetime, actor: str) -> None:  # noqa: C901 -- one case an event
        match payload:
            case e.TicketAssigned(team=team, agent=agent):
                self._set("assignment.team", team)
                self._set("assignment.agent", agent)
            case e.TicketReceived():
                self._take_receipt(payload, actor)
            case e.TicketCategorised(category=category):
                self._set("category.column", category)
            case e.TicketPrioritised(priority=priority):
                self._set("priority.column", priority)
            case e.TicketPutOnHold(waiting_for=waiting_for):
                self.kind = f"waiting:{waiting_for}"
            case e.TicketCancelled(cancelled_as=cancelled_as):
                self.kind = cancelled_kind(cancelled_as)
            case e.TicketResolved(resolution=text, code=code):
                self._set("resolution.text", text)
                self._set("resolution.code", code)
            case e.ReplySent(body=body):
                self._take_reply(body, at)
            case e.NoteAdded(body=body) | e.MessageReceived(body=body):
                self._take_comment(body, at)
            case e.EffortLogged(seconds=seconds):
                self.effort += seconds
                self._set("effort.column", str(self.effort))
            case e.SatisfactionRated(score=score, comment=comment):
                self._set("satisfaction.column", str(score))
                self._set("satisfaction.comment", comment)
            case _:
                pass

    def _take_receipt(self, receipt: e.TicketReceived, actor: str) -> None:
        self.customer = receipt.customer_id
        self._set("channel.column", receipt.channel)
        self._set("category.column", receipt.category)
        self._set("priority.column", receipt.priority)
        self._set("received.subject", receipt.subject)
        self._set("received.body", receipt.body)
        self._set("received.actor", actor)
        if receipt.body is not None:
            self.comments[None, receipt.body] += 1

    def _take_reply(self, body: str, at: datetime) -> None:
        self.replied = at if self.replied is None else min(self.replied, at)
        if body:
            self._take_comment(body, at)
        else:
            self.bare_reply = at
            self._set("time.first_reply", at.isoformat())

    def _take_comment(self, text: str, at: datetime) -> None:
        self.comments[None, text] += 1
        self.comments[at, text] += 1

    def _take_details(self, changes: dict[str, e.Change]) -> None:
        columns = self._columns
        for column, change in changes.items():
            self.cells[column] = change.new
            if column == columns.get("customer") and change.new is not None:
                self.customer = self._binding.ids.customer(change.new, "").stream
            if column == columns["state"]:
                held = self.cells.get(self._agent) is not None
                kind = self._binding.kind(change.new, held=held)
                self.kind = self.kind if kind in {None, "unchanged"} else str(kind)

    def _set(self, key: str, value: str | None) -> None:
        if (column := self._columns.get(key)) is not None:
            self.cells[column] = value
