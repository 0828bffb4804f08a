"""The spans during which teams held an open ticket."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from domain.sla.calendar.interval_index import covered
from domain.text_folding import same_name
from domain.ticket.population import Outcome, outcome_of
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep

SpanEnd = Literal["passed_on"] | Outcome
"""The ticket went to another team or to none, or it left the backlog."""


class Wait(NamedTuple):
    """A wait within a span. Instants are microseconds since the epoch; None: it goes on."""

    waiting_for: str
    start: int
    end: int | None


class TeamSpan(NamedTuple):
    """A team held the open ticket from ``start`` to ``end``, microseconds since the epoch; None: it still holds it.

    ``version`` is the event that began it. ``ticket`` is the ticket right before the end, or after the last event.
    ``judged_at`` and ``position`` are those of the event that ended it; of a span that goes on, the instant of the
    ticket's last event and the position of the one that was recorded last.
    """

    team: str
    version: int
    start: int
    end: int | None
    ended_by: SpanEnd | None
    waits: tuple[Wait, ...]
    ticket: Ticket
    judged_at: int
    position: int


def team_spans(steps: Sequence[LifeStep]) -> Iterator[TeamSpan]:
    """The spans of one ticket along its steps, in order.

    Of several events at one instant only the outcome counts. A span goes on when the name of its team is written
    otherwise. A reopening begins a span.
    """
    before, team = Ticket(), None
    start = version = 0
    waits: list[Wait] = []
    for number, step in enumerate(steps, start=1):
        after = step.after
        if after is before or (number < len(steps) and steps[number].at == step.at):
            continue
        holder = after.team if after.is_open else None
        changes = holder != team and not same_name(holder, team)
        if changes or (holder is not None and after.waiting_for != before.waiting_for):
            at = covered(step.at)
            if waits and waits[-1].end is None:
                waits[-1] = Wait(waits[-1].waiting_for, waits[-1].start, at)
            if changes:
                if team is not None and start < at:
                    ended_by = "passed_on" if after.is_open else outcome_of(after)
                    yield TeamSpan(team, version, start, at, ended_by, tuple(waits), before, at, step.event.position)
                team, start, version = holder, at, step.event.version
                waits.clear()
            if team is not None and after.waiting_for is not None:
                waits.append(Wait(after.waiting_for, at, None))
        before = after
    if team is not None:
        last = max([step.event.position for step in steps])
        yield TeamSpan(team, version, start, None, None, tuple(waits), before, covered(steps[-1].at), last)
