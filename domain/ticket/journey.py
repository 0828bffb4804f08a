"""The journey of a ticket: the states and the teams that it went through."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.text_folding import fold_code, fold_name
from domain.ticket.events import MergeUndone
from domain.ticket.state import Ticket
from domain.ticket.timeline import ENTRIES, LifeStep

NOBODY = "-"
"""Stands among the teams for the time in which an open ticket had none."""
_SECOND = timedelta(seconds=1)


class Journey(NamedTuple):
    """The path of a ticket.

    - ``states``: every state in order. A wait is a state of its own for each reason, such as waiting_customer.
    - ``seconds[i]``: the real time from entering ``states[i]`` to entering the next one; the last one has none.
    - ``teams``: the folded names of the teams that held the ticket while it was open. Of several events at one instant
      only the outcome counts.
    - ``loops``: it came back to a state, otherwise than by going on after a wait. ``team_loops``: it came back to a
      team, or to nobody, after another.
    - ``left_from``: the state before it last left the backlog; None while it is open. ``closed_open``: it left it by a
      closing without a resolution.

    A merge that is undone leaves no trace.
    """

    states: list[str]
    seconds: list[float]
    teams: list[str]
    loops: bool
    team_loops: bool
    left_from: str | None
    closed_open: bool


class _Travelled(NamedTuple):
    """A journey up to a merge."""

    states: list[str]
    seconds: list[float]
    teams: list[str]
    loops: bool
    holder: str | None
    entered: datetime
    held_since: datetime


def journey_of(steps: Sequence[LifeStep]) -> Journey:
    """The journey along the steps of one ticket, which has at least one."""
    states: list[str] = []
    seconds: list[float] = []
    teams: list[str] = []
    loops = False
    left: LifeStep | None = None
    holder: str | None = None
    before_merge: _Travelled | None = None
    entered = held_since = steps[0].at
    for step in steps:
        at, event, before, after, crossing = step
        if after is before:
            continue
        if after.state == "merged" != before.state:
            before_merge = _Travelled([*states], [*seconds], [*teams], loops, holder, entered, held_since)
        elif type(event.payload) is MergeUndone and before.state == "merged" and before_merge is not None:
            states, seconds, teams, loops, holder, entered, held_since = before_merge
            before_merge = None
        state = _state(after)
        if not states:
            states.append(state)
        elif state != states[-1]:
            loops = loops or (state in states and before.state != "waiting")
            seconds.append((at - entered) / _SECOND)
            states.append(state)
            entered = at
        if crossing is not None:
            left = None if crossing in ENTRIES else step
        holds = None if left is not None else after.team or NOBODY
        if holds != holder:
            if at != held_since:
                _add(teams, holder)
            holder, held_since = holds, at
    _add(teams, holder)
    return Journey(
        states,
        seconds,
        teams,
        loops,
        len(set(teams)) < len(teams),
        None if left is None else _state(left.before),
        left is not None and left.crossing == "closed",
    )


def _add(teams: list[str], holder: str | None) -> None:
    if holder is not None:
        team = fold_name(holder)
        if not teams or team != teams[-1]:
            teams.append(team)


def _state(ticket: Ticket) -> str:
    if ticket.state != "waiting" or ticket.waiting_for is None:
        return ticket.state
    return f"waiting_{fold_code(ticket.waiting_for).replace(' ', '_')}"
