"""Absences of agents, a row each: away, or in a call."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.availability import events as e
from domain.availability.state import Absence
from domain.text_folding import fold_name
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table


@dataclass(slots=True)
class AgentAbsence:
    """An agent takes no new work from ``began_at`` up to but not including ``ended_at``; None: it goes on.

    ``version`` is the event that began it. ``agent_key`` is the folded name.
    """

    stream: UUID
    version: int
    agent: str
    agent_key: str
    why: Absence
    began_at: datetime
    ended_at: datetime | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[AgentAbsence]:
    """The absences of one agent in the order in which they were recorded, as decisions see them."""
    lasting: dict[Absence, AgentAbsence] = {}
    for event in stream.all:
        match event.payload:
            case e.AgentAway(agent=agent, until=until):
                yield from _ended(lasting, "away", event.occurred_at)
                key = fold_name(agent)
                lasting["away"] = AgentAbsence(stream.id, event.version, agent, key, "away", event.occurred_at, until)
            case e.AgentBecameAvailable():
                yield from _ended(lasting, "away", event.occurred_at)
            case e.CallBegan(agent=agent) if "in_call" not in lasting:
                key = fold_name(agent)
                lasting["in_call"] = AgentAbsence(
                    stream.id, event.version, agent, key, "in_call", event.occurred_at, None
                )
            case e.CallEnded():
                yield from _ended(lasting, "in_call", event.occurred_at)
            case _:
                pass
    yield from lasting.values()


def _ended(lasting: dict[Absence, AgentAbsence], why: Absence, at: datetime) -> Iterator[AgentAbsence]:
    """The absence with its end; none when it had no length."""
    absence = lasting.pop(why, None)
    if absence is not None and absence.began_at < at:
        absence.ended_at = at if absence.ended_at is None else min(at, absence.ended_at)
        yield absence


AVAILABILITY = Projection(
    name="availability",
    version=1,
    kinds=frozenset({"agent"}),
    tables=(
        Table(
            "agent_absences",
            AgentAbsence,
            key=("stream", "version"),
            indexes=("(coalesce(ended_at, 'infinity'))", "(agent_key, began_at)"),
        ),
    ),
    fold=fold,
)
