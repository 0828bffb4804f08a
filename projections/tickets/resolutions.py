"""Resolutions of tickets, a row each, with the last rating given to each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.ticket import events as e
from domain.ticket.population import Outcome, is_resolution
from domain.ticket.timeline import LifeStep
from projections.engine.table import ClampedInt
from projections.scope.folded_words import folded


@dataclass(slots=True)
class TicketResolution:
    """A resolution of a ticket with the last rating given to it, and the instant of the first one.

    ``number`` counts from 1 in world order; 0 holds a rating before any resolution, as imports have it. ``code`` is
    None when the ticket was closed without a resolution. ``team``, ``agent`` and ``priority`` are those at the
    resolution, whose work it is; of number 0 the last ones. ``category`` is the last known, as for first contact.
    """

    ticket: UUID
    number: int
    team: str | None
    agent: str | None
    priority: str | None
    category: str | None
    channel: str
    resolved_at: datetime | None
    code: str | None
    score: ClampedInt | None
    rated_at: datetime | None
    first_rated_at: datetime | None
    folded: list[str | None] | None


@dataclass(slots=True)
class StoredResolution(TicketResolution):
    """What figures over resolutions read of the ticket stands beside, so that they need not look for it."""

    customer: UUID
    outcome: Outcome | None
    reopenings: int
    told_late: bool


def resolutions_of(
    life: Sequence[LifeStep], customer: UUID, outcome: Outcome | None, reopenings: int, *, told_late: bool
) -> list[StoredResolution]:
    """The resolutions in a ticket's life; the other values are those of its row."""
    receipt, category = life[0].event, life[-1].after.category
    channel = receipt.payload.channel

    def resolution(number: int, held: LifeStep, resolved: LifeStep | None) -> StoredResolution:
        """A resolution without a rating. ``held`` says who held the ticket, ``resolved`` is the step that ended it."""
        then = held.after
        return StoredResolution(
            ticket=receipt.stream,
            number=number,
            team=then.team,
            agent=then.agent,
            priority=then.priority,
            category=category,
            channel=channel,
            resolved_at=resolved.at if resolved else None,
            code=code_of(resolved) if resolved else None,
            score=None,
            rated_at=None,
            first_rated_at=None,
            folded=folded(then.team, then.agent, then.priority, category, channel),
            customer=customer,
            outcome=outcome,
            reopenings=reopenings,
            told_late=told_late,
        )

    resolutions: list[StoredResolution] = []
    for step in life:
        payload = step.event.payload
        if is_resolution(step):
            resolutions.append(resolution(resolutions[-1].number + 1 if resolutions else 1, step, step))
        elif type(payload) is e.SatisfactionRated:
            if not resolutions:
                resolutions.append(resolution(0, life[-1], None))
            rated = resolutions[-1]
            rated.score, rated.rated_at = payload.score, step.at
            rated.first_rated_at = rated.first_rated_at or step.at
    return resolutions


def code_of(resolution: LifeStep) -> str | None:
    """None: the ticket was closed without a resolution."""
    payload = resolution.event.payload
    return payload.code if type(payload) is e.TicketResolved else None
