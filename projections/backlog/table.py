"""Which tickets were open when, and how each of them entered and left the backlog."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from domain.ticket.state import Ticket
from domain.ticket.timeline import Entry, Exit
from projections.backlog.interval_index import LASTED
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import folded

BacklogDimension = Literal["state", "team", "agent", "priority", "category", "channel"]


@dataclass(slots=True)
class OpenTicket:
    """A ticket as it stood in the backlog. ``version``: the event since which it stood so."""

    ticket: UUID
    version: int
    began_at: datetime
    received_at: datetime
    reopened_at: datetime | None
    state: str
    team: str | None
    agent: str | None
    priority: str | None
    category: str | None
    channel: str | None


@dataclass(slots=True)
class BacklogSegment(OpenTicket):
    """The ticket is open and every dimension keeps its value in [began_at, ended_at); None while the segment lasts."""

    folded: list[str | None] | None
    ended_at: datetime | None


@dataclass(slots=True)
class Crossing:
    """A ticket enters or leaves the backlog by the event ``version``, with the dimensions it then has or had."""

    ticket: UUID
    version: int
    at: datetime
    kind: Entry | Exit
    state: str
    team: str | None
    agent: str | None
    priority: str | None
    category: str | None
    channel: str | None


@dataclass(slots=True)
class BacklogCrossing(Crossing):
    """``folded`` holds the folded words of the dimensions."""

    folded: list[str | None] | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[BacklogSegment | BacklogCrossing]:
    """Segments and crossings of one ticket.

    ``version`` of a segment is the event that began it. The backlog at t is what holds after every event up to and
    including t: of several events at one instant only the outcome counts. Each event that crosses gives a crossing.
    For all t1 <= t2, exactly: backlog(t2) = backlog(t1) + entered in (t1, t2] - left in (t1, t2].
    """
    life = stream.timeline.steps
    if not life:
        return
    receipt = life[0].event
    ticket, received_at, channel = receipt.stream, receipt.envelope.occurred_at, receipt.payload.channel
    current: tuple[Any, ...] | None = None
    began_at, version = received_at, 0
    reopened_at: datetime | None = None
    for step in life:
        kind = step.crossing
        if kind is not None:
            shown = step.after if step.after.is_open else step.before
            yield BacklogCrossing(ticket, step.event.version, step.at, kind, *_dimensions(shown, channel))
            if kind == "reopened":
                reopened_at = step.at
        now = (received_at, reopened_at, *_dimensions(step.after, channel)) if step.after.is_open else None
        if now != current:
            if current is not None and began_at < step.at:
                yield BacklogSegment(*(ticket, version, began_at, *current, step.at))
            current, began_at, version = now, step.at, step.event.version
    if current is not None:
        yield BacklogSegment(*(ticket, version, began_at, *current, None))


def _dimensions(ticket: Ticket, channel: str) -> tuple[Any, ...]:
    """The values of the dimensions, and the words among them folded."""
    words = (ticket.team, ticket.agent, ticket.priority, ticket.category, channel)
    return ticket.state, *words, folded(*words)


BACKLOG = Projection(
    name="backlog",
    version=2,
    kinds=frozenset({"ticket"}),
    tables=(
        Table(
            "backlog_segments",
            BacklogSegment,
            key=("ticket", "version"),
            indexes=("(lasted, began_at)",),
            computed=(f"lasted smallint generated always as ({LASTED}) stored",),
        ),
        Table(
            "backlog_crossings",
            BacklogCrossing,
            key=("ticket", "version"),
            indexes=("(at, ticket, version) include (kind)",),
        ),
    ),
    fold=fold,
)
