"""Which tickets were open when, as what, and how each came into the backlog and left it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString, get_args

from domain.envelope import RecordedEvent
from domain.ticket.state import Ticket
from domain.ticket.timeline import life_of
from projections.backlog.interval_index import LASTED
from projections.engine.projection import Projection, Row, Table
from projections.scope.folded_words import folded

BacklogDimension = Literal["state", "team", "agent", "priority", "category", "channel"]

_DDL: LiteralString = (
    """
create table {schema}.backlog_segments (
    ticket uuid not null,
    version integer not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    lasted smallint generated always as ("""
    + LASTED
    + """) stored,
    received_at timestamptz not null,
    reopened_at timestamptz,
    state text not null,
    team text,
    agent text,
    priority text,
    category text,
    channel text,
    folded text[],
    primary key (ticket, version)
);
create index on {schema}.backlog_segments (lasted, began_at);

create table {schema}.backlog_crossings (
    ticket uuid not null,
    version integer not null,
    at timestamptz not null,
    kind text not null,
    state text not null,
    team text,
    agent text,
    priority text,
    category text,
    channel text,
    folded text[],
    primary key (ticket, version)
);
create index on {schema}.backlog_crossings (at, ticket, version);
"""
)
_DIMENSIONS: tuple[BacklogDimension, ...] = get_args(BacklogDimension)
_SEGMENTS = ("ticket", "version", "began_at", "ended_at", "received_at", "reopened_at", *_DIMENSIONS, "folded")
_CROSSINGS = ("ticket", "version", "at", "kind", *_DIMENSIONS, "folded")


def fold(history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], list[Row]]:
    """Segments and crossings of one ticket.

    A segment is [began_at, ended_at) in which the ticket is open and every dimension keeps its value; ended_at is None
    while it lasts, ``version`` the event that began it. So the backlog at t is what holds after every event up to and
    including t; of several events at one instant only the outcome is seen. A crossing is kept for each event that
    crossed, with the ticket as it came in or as it left. For all t1 <= t2, exactly:
    backlog(t2) = backlog(t1) + entered in (t1, t2] - left in (t1, t2].
    """
    life = life_of(history)
    if not life:
        return [], []
    receipt = life[0].event
    ticket, received_at, channel = receipt.stream, receipt.envelope.occurred_at, receipt.payload.channel
    segments: list[Row] = []
    crossings: list[Row] = []
    current: tuple[Any, ...] | None = None
    began_at, version = received_at, 0
    reopened_at: datetime | None = None
    for step in life:
        kind = step.crossing
        if kind is not None:
            seen = step.after if step.after.is_open else step.before
            crossings.append((ticket, step.event.version, step.at, kind, *_dimensions(seen, channel)))
            if kind == "reopened":
                reopened_at = step.at
        now = (received_at, reopened_at, *_dimensions(step.after, channel)) if step.after.is_open else None
        if now != current:
            if current is not None and began_at < step.at:
                segments.append((ticket, version, began_at, step.at, *current))
            current, began_at, version = now, step.at, step.event.version
    if current is not None:
        segments.append((ticket, version, began_at, None, *current))
    return segments, crossings


def _dimensions(seen: Ticket, channel: str) -> tuple[Any, ...]:
    """The values of the dimensions, and the words among them folded."""
    words = (seen.team, seen.agent, seen.priority, seen.category, channel)
    return seen.state, *words, folded(*words)


BACKLOG = Projection(
    name="backlog",
    kinds=frozenset({"ticket"}),
    ddl=_DDL,
    tables=(Table("backlog_segments", _SEGMENTS), Table("backlog_crossings", _CROSSINGS)),
    fold=fold,
)
