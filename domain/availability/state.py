"""What was said last of an agent's availability, and what follows from it at an instant."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from domain.availability import events as e
from domain.ids import Namespace
from domain.text_folding import fold_name

_AGENTS = Namespace(UUID("3f7b8a54-52f0-4b2b-9d0e-6a0d8f6f4c21"))
Absence = Literal["in_call", "away"]


def availability_stream(agent: str) -> UUID:
    """The stream of an agent, by the folded name."""
    return _AGENTS.id_of(fold_name(agent))


class Availability(NamedTuple):
    """``said`` is none while nothing was said. ``until`` is when an absence ends by itself; None: it does not."""

    said: Literal["none", "available", "away"] = "none"
    until: datetime | None = None
    in_call: bool = False

    @property
    def state(self) -> str:
        """The state that a refusal names."""
        return "in_call" if self.in_call else self.said

    def absence(self, at: datetime) -> Absence | None:
        """Why the agent takes no new work at an instant; None: the shift says whether it does."""
        if self.in_call:
            return "in_call"
        away = self.said == "away" and (self.until is None or at < self.until)
        return "away" if away else None


def evolve(availability: Availability, event: e.AvailabilityEvent, at: datetime) -> Availability:  # noqa: ARG001 -- the shape every fold has
    """The availability after one more event. Total: any history folds."""
    match event:
        case e.AgentBecameAvailable():
            return availability._replace(said="available", until=None)
        case e.AgentAway(until=until):
            return availability._replace(said="away", until=until)
        case e.CallBegan():
            return availability._replace(in_call=True)
        case e.CallEnded():
            return availability._replace(in_call=False)
        case _:
            assert_never(event)
