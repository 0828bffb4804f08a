"""The customers that were proposed to be the same as one, and what became of each proposal."""

from typing import NamedTuple
from uuid import UUID

PROPOSED, ACCEPTED, REFUSED = "proposed", "accepted", "refused"


class Match(NamedTuple):
    """``state`` is proposed, accepted or refused. A merge accepts; its undoing refuses."""

    other: UUID
    state: str


def with_match(matches: tuple[Match, ...], other: UUID, state: str) -> tuple[Match, ...]:
    """The matches after one has a new state."""
    return (*(match for match in matches if match.other != other), Match(other, state))


def state_with(matches: tuple[Match, ...], other: UUID) -> str | None:
    """The state of the match with another customer; None when it was never proposed."""
    return next((match.state for match in matches if match.other == other), None)
