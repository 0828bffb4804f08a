"""Which tickets count in which figure: one table, by how a ticket left the backlog (ADR 0023)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep

Outcome = Literal["resolved", "merged", "duplicate", "spam", "cancelled"]


class Counts(NamedTuple):
    """The figures in which the tickets of one outcome count.

    ``as_resolved``: first contact, handling time, reopenings, response to satisfaction surveys. ``as_contact``: repeat
    contacts. The backlog counts every ticket while it is open, SLA clocks judge every ticket.
    """

    as_resolved: bool
    as_contact: bool


WHO_COUNTS: Mapping[Outcome, Counts] = MappingProxyType(
    {
        "resolved": Counts(as_resolved=True, as_contact=True),
        "merged": Counts(as_resolved=False, as_contact=False),
        "duplicate": Counts(as_resolved=False, as_contact=False),
        "spam": Counts(as_resolved=False, as_contact=False),
        "cancelled": Counts(as_resolved=False, as_contact=True),
    }
)
"""A ticket without an outcome is open. It counts as a contact, and by its resolutions so far."""


class Departure(NamedTuple):
    """How and when a ticket last left the backlog; both are None while it is open."""

    outcome: Outcome | None
    at: datetime | None


def is_resolution(step: LifeStep) -> bool:
    """Whether the step resolved an open ticket or closed it without a resolution; both count the same."""
    return step.crossing in {"resolved", "closed"}


def departure_of(life: Sequence[LifeStep]) -> Departure:
    """How the ticket last left the backlog. Events after that do not change the outcome."""
    if life[-1].after.is_open:
        return Departure(None, None)
    last = next(step for step in reversed(life) if step.crossing is not None)
    return Departure(outcome_of(last.after), last.at)


def messages_are_known(life: Sequence[LifeStep]) -> bool:
    """Whether the history holds the conversation with the customer.

    An imported ticket without any message or reply does not; notes are internal and do not count.
    """
    return not life[0].event.is_imported or any(
        type(step.event.payload) in {e.MessageReceived, e.ReplySent} for step in life
    )


def outcome_of(ticket: Ticket) -> Outcome:
    """The outcome that the state of a ticket outside the backlog says."""
    match ticket.state, ticket.cancelled_as:
        case "merged", _:
            return "merged"
        case "cancelled", ("duplicate" | "spam") as cancelled_as:
            return cancelled_as
        case "cancelled", _:
            return "cancelled"
        case _:
            return "resolved"
