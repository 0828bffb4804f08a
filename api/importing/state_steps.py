"""How a ticket came to the state that a row says: pure."""

from datetime import datetime
from typing import NamedTuple

from api.importing.column_binding import RowRejected
from api.importing.imported_state import CANCELLED, ENDS, QUEUE, ImportedState, cancelled_kind
from domain.ticket import events as e
from domain.ticket.state import Ticket


class SourceState(NamedTuple):
    """What a row says of its ticket's state. ``at``: when the row was true; ``dated``: its file says so.

    ``kind`` is None when it says nothing; ``resolved``, ``closed`` and ``waiting`` are times in columns of their own.
    """

    at: datetime
    kind: str | None
    written: str | None
    text: str | None
    code: str | None
    dated: bool = True
    resolved: datetime | None = None
    closed: datetime | None = None
    waiting: datetime | None = None


class StateStep(NamedTuple):
    """One step on the way. ``reason`` is the state as the source writes it."""

    at: datetime
    payload: e.TicketEvent
    reason: str | None = None


def kind_by_times(kind: str | None, before: str, resolved: datetime | None, closed: datetime | None) -> str | None:
    """The kind of a state; where no word says it, the time columns of an open ticket do."""
    if kind is not None:
        return None if kind == "unchanged" else kind
    if before in ENDS:
        return None
    return "closed" if closed else "resolved" if resolved else None


def agrees(memory: ImportedState) -> bool:
    """Whether the ticket is here in the state that the source last said."""
    ticket = memory.ticket
    return _class(memory.kind) == _class(_kind_of(ticket))


def moves(memory: ImportedState, said: SourceState, known_resolution: str | None) -> list[StateStep]:
    """The steps from the state that the source said last, in their order; none when it is the same.

    ``known_resolution``: the time of resolution that it said last, as text.

    Raises RowRejected for an end without a time.
    """
    kind, now, steps = said.kind, memory.kind, []
    if kind is None:
        return []
    if _resolved_since(memory, said, known_resolution):
        arrived = kind == "resolved"
        steps.append(StateStep(said.resolved or said.at, _resolved(said), said.written if arrived else None))
        now = "resolved"
    if now in ENDS and kind not in ENDS:
        steps.append(StateStep(said.at, e.TicketReopened(), said.written))
        now = "received"
    if _class(kind) != _class(now):
        steps.append(_arrival(now, kind, said))
    return steps


def _resolved_since(memory: ImportedState, said: SourceState, known_resolution: str | None) -> bool:
    """Whether the row tells a resolution, by its time, that was not told yet."""
    if said.resolved is None or said.resolved.isoformat() == known_resolution or said.kind in CANCELLED:
        return False
    if memory.kind not in ENDS:
        return True
    return said.kind in ENDS and (memory.moved is None or said.resolved > memory.moved)


def _arrival(now: str, kind: str, said: SourceState) -> StateStep:
    """The last step, to a state of another kind."""
    ended = (said.closed, said.resolved) if kind == "closed" or kind in CANCELLED else (said.resolved, said.closed)
    at = _end(said, ended[0] or ended[1]) if kind in ENDS else said.at
    if kind.startswith("waiting"):
        at = said.waiting or at
    return StateStep(at, _event(now, kind, said), said.written)


def _event(now: str, kind: str, said: SourceState) -> e.TicketEvent:
    match kind:
        case "received" | "assigned":
            return e.WorkStopped()
        case "in_progress":
            return e.WorkResumed() if now.startswith("waiting") else e.WorkStarted()
        case "resolved":
            return _resolved(said)
        case "closed":
            return e.TicketClosed(closed_by="unknown")
        case "cancelled" | "cancelled:duplicate" | "cancelled:spam":
            return e.TicketCancelled(cancelled_by="unknown", cancelled_as=kind.partition(":")[2] or "other")
        case _:
            return e.TicketPutOnHold(waiting_for=kind.removeprefix("waiting:"))


def _end(said: SourceState, at: datetime | None) -> datetime:
    if at is None and not said.dated:
        raise RowRejected(
            f"is {said.written or said.kind} and has no time of that; name one in time.closed or time.updated"
        )
    return at or said.at


def _resolved(said: SourceState) -> e.TicketResolved:
    return e.TicketResolved(resolution=said.text or said.written or "resolved", code=said.code or "imported")


def _class(kind: str) -> str:
    return "queue" if kind in QUEUE else kind


def _kind_of(ticket: Ticket) -> str:
    match ticket.state:
        case "waiting":
            return f"waiting:{ticket.waiting_for}"
        case "cancelled":
            return cancelled_kind(ticket.cancelled_as)
        case _:
            return ticket.state
