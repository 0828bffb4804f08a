"""Which parts of an envelope say something of a customer."""

from typing import Any

from domain.envelope import Envelope

EMPTY: tuple[Any, ...] = (None, "", (), {})
"""Values that are not personal: they stay readable."""
REASON, ACTOR, ON_BEHALF_OF = "reason", "actor", "on_behalf_of"


def personal_context(envelope: Envelope) -> set[str]:
    """The names of the parts: the reason, a customer who acts, and the person for whom a program acts.

    A program may act for a customer, as a gateway does; an agent acts for colleagues.
    """
    actor = envelope.actor
    personal = set() if envelope.reason is None else {REASON}
    if actor.kind == "customer":
        return personal | {ACTOR}
    if actor.kind != "agent" and actor.on_behalf_of is not None:
        return personal | {ON_BEHALF_OF}
    return personal
