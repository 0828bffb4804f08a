"""The journey of a ticket: the states and the teams it went through, and the time in each of them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.text_folding import fold_code, fold_name
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep

NOBODY = "-"
"""Stands among the teams for the time in which an open ticket had none."""
_SECOND = timedelta(seconds=1)


class Journey(NamedTuple):
    """Every state in order, and every team that held the ticket while it was open, by its folded name.

    A wait is a state of its own for each reason, such as waiting_customer. ``state_seconds[i]`` is the real time from
    entering ``states[i]`` to entering the next state; the last state has none. ``team_seconds[i]`` is the real time for
    which ``teams[i]`` held the open ticket, up to its last event. A team without any such time stands there only when
    it is the last one and the ticket is open. ``left_from`` is the state in which the ticket was before it last left
    the backlog, ``left_by`` how it left; both are None while it is open.
    """

    states: list[str]
    state_seconds: list[int]
    teams: list[str]
    team_seconds: list[int]
    left_from: str | None
    left_by: str | None


def journey_of(steps: Sequence[LifeStep]) -> Journey:
    """The journey along the steps of one ticket, which has at least one."""
    states: list[str] = []
    entered: list[LifeStep] = []
    teams: list[str] = []
    held: list[timedelta] = []
    left: LifeStep | None = None
    for number, step in enumerate(steps, start=1):
        after = step.after
        if step.before.state != after.state or step.before.waiting_for != after.waiting_for:
            state = _state(after)
            if not states or states[-1] != state:
                states.append(state)
                entered.append(step)
        if step.crossing is not None:
            left = None if after.is_open else step
        if after.is_open:
            until = steps[number].at if number < len(steps) else None
            if until != step.at:
                team = NOBODY if after.team is None else fold_name(after.team)
                if not teams or teams[-1] != team:
                    teams.append(team)
                    held.append(timedelta())
                if until is not None:
                    held[-1] += until - step.at
    return Journey(
        states,
        [(later.at - earlier.at) // _SECOND for earlier, later in pairwise(entered)],
        teams,
        [time // _SECOND for time in held],
        None if left is None else _state(left.before),
        None if left is None else left.crossing,
    )


def _state(ticket: Ticket) -> str:
    if ticket.waiting_for is None or ticket.state != "waiting":
        return ticket.state
    return f"waiting_{fold_code(ticket.waiting_for).replace(' ', '_')}"
