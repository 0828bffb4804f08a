"""The events that a row leads to, in the order in which they are recorded."""

from datetime import datetime
from typing import NamedTuple

from api.importing.imported_state import OVERWRITES
from domain.command_context import Actor
from domain.customer.events import CustomerEvent
from domain.ticket import events as e
from domain.ticket.decider import ENDING_A_STATE


class ImportedEvent(NamedTuple):
    """An event of a row with its context. ``cause`` is the row's own name in the source."""

    at: datetime
    actor: Actor
    payload: e.TicketEvent | CustomerEvent
    reason: str | None = None
    cause: str | None = None


def in_order(events: list[ImportedEvent], moved: datetime | None) -> tuple[list[ImportedEvent], bool]:
    """The events of one row by time, the receipt first; and whether one of them was moved.

    An event that replaces earlier ones is moved behind ``moved``, the time of the newest recorded one, and the events
    that end a state keep their order.
    """
    first = events[0].at if events else None
    if first is None or ((moved is None or first >= moved) and all(event.at == first for event in events)):
        return events, False
    state, was_moved = moved, False
    ordered = []
    for event in events:
        at = event.at
        if type(event.payload) is e.TicketReceived:
            moved = state = at
        elif type(event.payload) in OVERWRITES and moved is not None:
            at = max(at, moved)
            if type(event.payload) in ENDING_A_STATE and state is not None:
                at = state = max(at, state)
        was_moved |= at != event.at
        ordered.append(event if at == event.at else event._replace(at=at))
    return sorted(ordered, key=by_time), was_moved


def by_time(event: ImportedEvent) -> tuple[bool, datetime]:
    """The sort key of the events of a row: the receipt, then all others by time."""
    return type(event.payload) is not e.TicketReceived, event.at
