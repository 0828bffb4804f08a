"""Who counts in which figure: one table, by how a ticket left the backlog."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.ticket import events as e
from domain.ticket.timeline import LifeStep

Outcome = Literal["resolved", "merged", "duplicate", "spam", "cancelled"]


class Counts(NamedTuple):
    """Where the tickets of one outcome count.

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
"""A ticket without an outcome is open: it counts by its resolutions so far, and as a contact."""


class Departure(NamedTuple):
    """How and when a ticket left the backlog last; both None while it is open."""

    outcome: Outcome | None
    at: datetime | None


def is_resolution(step: LifeStep) -> bool:
    """Whether an open ticket was resolved by it, or closed without a resolution: both count the same."""
    return step.crossing in {"resolved", "closed"}


def departure_of(life: Sequence[LifeStep]) -> Departure:
    """How the ticket left the backlog last. What happens to a ticket that is not open changes no outcome."""
    if life[-1].after.is_open:
        return Departure(None, None)
    last = next(step for step in reversed(life) if step.crossing is not None)
    return Departure(_outcome_of(last), last.at)


def messages_are_known(life: Sequence[LifeStep]) -> bool:
    """Whether what was said to the customer and by them is known.

    It is not for an imported ticket whose history holds no message and no reply; notes are internal.
    """
    return life[0].event.envelope.actor.kind != "import" or any(
        type(step.event.payload) in {e.MessageReceived, e.ReplySent} for step in life
    )


def _outcome_of(exit_: LifeStep) -> Outcome:
    match exit_.crossing, exit_.after.cancelled_as:
        case "merged", _:
            return "merged"
        case "cancelled", ("duplicate" | "spam") as cancelled_as:
            return cancelled_as
        case "cancelled", _:
            return "cancelled"
        case _:
            return "resolved"
