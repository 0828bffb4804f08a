"""The journey of each ticket, a row each: its states and its teams in order, with the seconds in each of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.ticket.journey import journey_of
from domain.ticket.population import Outcome, departure_of
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, Table
from projections.scope.folded_words import folded


@dataclass(slots=True)
class JourneyRow:
    """See `Journey`. The dimensions are those after the last event.

    ``outcome`` and ``left_at``: how and when the ticket left the backlog last; None while it is open.
    """

    ticket: UUID
    team: str | None
    agent: str | None
    priority: str | None
    category: str | None
    channel: str
    folded: list[str | None] | None
    outcome: Outcome | None
    left_at: datetime | None
    left_from: str | None
    left_by: str | None
    states: list[str]
    state_seconds: list[BigInt]
    teams: list[str]
    team_seconds: list[BigInt]


def fold(stream: Stream, _inputs: FoldInputs) -> list[JourneyRow]:
    """The ticket's row; none before its receipt."""
    steps = stream.timeline.steps
    if not steps:
        return []
    now, channel = steps[-1].after, steps[0].event.payload.channel
    outcome, left_at = departure_of(steps)
    journey = journey_of(steps)
    return [
        JourneyRow(
            ticket=stream.id,
            team=now.team,
            agent=now.agent,
            priority=now.priority,
            category=now.category,
            channel=channel,
            folded=folded(now.team, now.agent, now.priority, now.category, channel),
            outcome=outcome,
            left_at=left_at,
            left_from=journey.left_from,
            left_by=journey.left_by,
            states=journey.states,
            state_seconds=journey.state_seconds,
            teams=journey.teams,
            team_seconds=journey.team_seconds,
        )
    ]


JOURNEYS = Projection(
    name="journeys",
    version=1,
    kinds=frozenset({"ticket"}),
    tables=(Table("journeys", JourneyRow, key=("ticket",), indexes=("(left_at)",)),),
    fold=fold,
)
