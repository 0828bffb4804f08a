"""Whom an address identifies: nobody, one customer, or several of whom one is proposed."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.customer.addresses import Trust, less_than
from domain.messages import Message


class Candidate(NamedTuple):
    """A customer whom an address finds, how far the address is trusted there, and when the customer last used it."""

    customer: UUID
    trust: Trust
    shared: bool
    used_at: datetime


class Identity(Message):
    """``state`` ambiguous: several share the address; ``proposed`` is the one who used it last.

    ``may_show``: the address is trusted enough to show and to change personal data; else it files what came.
    """

    state: Literal["nobody", "one", "ambiguous"]
    proposed: UUID | None = None
    may_show: bool = False


def identify(candidates: Collection[Candidate]) -> Identity:
    """Whom an address identifies among the customers it finds. A verified owner outweighs the others."""
    verified = [candidate for candidate in candidates if candidate.trust == "verified" and not candidate.shared]
    best = verified or list(candidates)
    if not best:
        return Identity(state="nobody")
    last = max(best, key=lambda candidate: (candidate.used_at, candidate.customer))
    if len(best) > 1:
        return Identity(state="ambiguous", proposed=last.customer)
    return Identity(state="one", proposed=last.customer, may_show=not less_than(last.trust, "asserted"))
