"""The steps by which a ticket came to the state of a row: pure."""

from datetime import datetime
from typing import NamedTuple

from api.importing.imported_state import CANCELLED, ENDS, QUEUE, ImportedState, cancelled_kind
from api.importing.rows import RowRejected
from domain.ticket import events as e
from domain.ticket.state import Ticket


class SourceState(NamedTuple):
    """The state of a ticket in a row. ``at`` is when the row was true; ``dated``: the file says so.

    ``kind`` is None when the row does not say it. ``resolved``, ``closed`` and ``waiting`` are the times in columns of
    their own, ``text`` and ``code`` those of a resolution.
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
    """A change of state. ``reason`` is the new state as the source writes it."""

    at: datetime
    payload: e.TicketEvent
    reason: str | None = None


def kind_by_times(kind: str | None, before: str, resolved: datetime | None, closed: datetime | None) -> str | None:
    """The kind of a state; without a word for it, that of an open ticket follows from its times."""
    if kind is not None:
        return None if kind == "unchanged" else kind
    if before in ENDS:
        return None
    return "closed" if closed else "resolved" if resolved else None


def agrees(imported: ImportedState) -> bool:
    """Whether the ticket is here in the state that the source said last."""
    ticket = imported.ticket
    return _class(imported.kind) == _class(_kind_of(ticket))


def state_steps(imported: ImportedState, state: SourceState, known_resolution: str | None) -> list[StateStep]:
    """The steps from the imported state to the state of the row, in their order; none when they are the same.

    ``known_resolution``: the imported time of resolution, as text. Raises RowRejected for an end without a time.
    """
    kind, now, steps = state.kind, imported.kind, []
    if kind is None:
        return []
    if _resolved_since(imported, state, known_resolution):
        arrived = kind == "resolved"
        steps.append(StateStep(state.resolved or state.at, _resolved(state), state.written if arrived else None))
        now = "resolved"
    if now in ENDS and kind not in ENDS:
        steps.append(StateStep(state.at, e.TicketReopened(), state.written))
        now = "received"
    if _class(kind) != _class(now):
        steps.append(_arrival(now, kind, state))
    return steps


def _resolved_since(imported: ImportedState, state: SourceState, known_resolution: str | None) -> bool:
    """Whether the row has the time of a resolution that is not imported yet."""
    if state.resolved is None or state.resolved.isoformat() == known_resolution or state.kind in CANCELLED:
        return False
    if imported.kind not in ENDS:
        return True
    return state.kind in ENDS and (imported.moved is None or state.resolved > imported.moved)


def _arrival(now: str, kind: str, state: SourceState) -> StateStep:
    """The step to a state of another kind."""
    ended = (state.closed, state.resolved) if kind == "closed" or kind in CANCELLED else (state.resolved, state.closed)
    at = _end(state, ended[0] or ended[1]) if kind in ENDS else state.at
    if kind.startswith("waiting"):
        at = state.waiting or at
    return StateStep(at, _event(now, kind, state), state.written)


def _event(now: str, kind: str, state: SourceState) -> e.TicketEvent:
    match kind:
        case "received" | "assigned":
            return e.WorkStopped()
        case "in_progress":
            return e.WorkResumed() if now.startswith("waiting") else e.WorkStarted()
        case "resolved":
            return _resolved(state)
        case "closed":
            return e.TicketClosed(closed_by="unknown")
        case "cancelled" | "cancelled:duplicate" | "cancelled:spam":
            return e.TicketCancelled(cancelled_by="unknown", cancelled_as=kind.partition(":")[2] or "other")
        case _:
            return e.TicketPutOnHold(waiting_for=kind.removeprefix("waiting:"))


def _end(state: SourceState, at: datetime | None) -> datetime:
    if at is None and not state.dated:
        raise RowRejected(
            f"is {state.written or state.kind} and has no time of that; name one in time.closed or time.updated"
        )
    return at or state.at


def _resolved(state: SourceState) -> e.TicketResolved:
    return e.TicketResolved(resolution=state.text or state.written or "resolved", code=state.code or "imported")


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
