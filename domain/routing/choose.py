"""Chooses the agent of a ticket among the members of its team, with the reason for each of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Literal, NamedTuple

from domain.availability.state import Absence
from domain.routing.definition import Destination, Routing
from domain.sla.calendar.business_time import BusinessTime
from domain.sla.calendar.interval_index import covered
from domain.text_folding import fold_code
from domain.ticket.routing_choice import MOST_CANDIDATES, ConsideredAgent, RoutingChoice

WhyNot = Literal["full", "skills_missing", "in_call", "away", "off_shift", "left"]
_NEAREST: dict[WhyNot, int] = {
    "full": 0, "skills_missing": 1, "in_call": 2, "away": 3, "off_shift": 4, "left": 5
}  # fmt: skip
"""From the candidate who nearly fits to the one who does not fit at all."""
_WHOLE = 100
_NEVER = datetime.min.replace(tzinfo=UTC)


class Held(NamedTuple):
    """What an agent holds: per cent of the capacity by channels with a weight, and tickets of other channels."""

    percent: int = 0
    tickets: int = 0

    def plus(self, weight: int | None) -> "Held":
        """With one more ticket of a channel with this weight; None: of one without."""
        return Held(self.percent, self.tickets + 1) if weight is None else Held(self.percent + weight, self.tickets)


class AgentCandidate(NamedTuple):
    """A member of the team at the instant of the choice. ``key`` is the folded name, ``skills`` are folded.

    ``absent`` is why the agent takes no new work. ``capacity`` is in tickets, None: any number. ``routed_at`` is when
    the agent last got a ticket by routing.
    """

    agent: str
    key: str
    skills: frozenset[str] = frozenset()
    absent: WhyNot | None = None
    capacity: int | None = None
    held: Held = Held()
    routed_at: datetime | None = None

    @property
    def load(self) -> float:
        """The share of the capacity that is used; without a capacity only channels with a weight count.

        Equal shares are equal numbers: the division of two integers rounds once.
        """
        used, whole = self._used(self.held)
        return used / whole

    def can_take(self, weight: int | None) -> bool:
        """Whether a ticket of a channel with this weight fits into what is left of the capacity."""
        used, whole = self._used(self.held)
        with_it, _ = self._used(self.held.plus(weight))
        return used < whole and with_it <= whole

    def _used(self, held: Held) -> tuple[int, int]:
        """The used part of the capacity, and all of it, as whole numbers."""
        if self.capacity is None:
            return held.percent, _WHOLE
        if self.capacity == 0:
            return 1, 1
        return held.percent * self.capacity + _WHOLE * held.tickets, _WHOLE * self.capacity


class LastHolder(NamedTuple):
    """Who held the customer's last ticket, by the folded name, and until when."""

    key: str
    until: datetime


class WaitingTicket(NamedTuple):
    """A ticket that waits for an agent: where it goes, and how many per cent of a capacity it takes (None: one ticket).

    ``waited`` is the working time of the team, in seconds, since the ticket came.
    """

    to: Destination
    weight: int | None = None
    last_holder: LastHolder | None = None
    waited: int = 0


class Choice(NamedTuple):
    """The chosen candidate, None: nobody; and why."""

    chosen: AgentCandidate | None
    routing: RoutingChoice


def absent(shift: BusinessTime, absence: Absence | None, left_at: datetime | None, at: datetime) -> WhyNot | None:
    """Why an agent takes no new work at an instant: the last day is over, off shift, or by their ``absence``."""
    if left_at is not None and at >= left_at:
        return "left"
    return absence if shift.is_open_us(covered(at)) else "off_shift"


def choose(
    ticket: WaitingTicket, candidates: Sequence[AgentCandidate], routing: Routing, version: int, at: datetime
) -> Choice:
    """The candidate for a ticket among the members of its team, by version ``version`` of the routing.

    Filter: available, skills, capacity. Order: held the customer's last ticket, load, longest since the last choice,
    folded name.
    """
    to, weight = ticket.to, ticket.weight
    still_asked = routing.still_asked(to.skills, ticket.waited)
    skills = frozenset(map(fold_code, to.skills[:still_asked]))
    able: list[AgentCandidate] = []
    unable: list[tuple[int, str, str, WhyNot]] = []
    for candidate in candidates:
        why = candidate.absent or _lacks(candidate, skills, weight)
        if why is None:
            able.append(candidate)
        else:
            unable.append((_NEAREST[why], candidate.key, candidate.agent, why))
    sticky = _sticky(ticket.last_holder, routing, at)
    ranked = sorted([(_order(candidate, sticky), candidate) for candidate in able], key=itemgetter(0))
    because, considered = _reasons(ranked)
    considered += [
        ConsideredAgent(agent=agent, why=why)
        for _, _, agent, why in sorted(unable)[: MOST_CANDIDATES - len(considered)]
    ]
    choice = RoutingChoice(
        version=version,
        rule=to.rule,
        because=because,
        skills=to.skills,
        dropped=to.skills[still_asked:],
        candidates=tuple(considered),
        considered=len(candidates),
    )
    return Choice(ranked[0][1] if ranked else None, choice)


def _lacks(candidate: AgentCandidate, skills: frozenset[str], weight: int | None) -> WhyNot | None:
    if not skills <= candidate.skills:
        return "skills_missing"
    return None if candidate.can_take(weight) else "full"


def _sticky(last_holder: LastHolder | None, routing: Routing, at: datetime) -> str | None:
    """The folded name of the agent to whom the customer comes back."""
    if last_holder is None or not routing.sticky_days or last_holder.until < at - timedelta(days=routing.sticky_days):
        return None
    return last_holder.key


Order = tuple[bool, float, datetime, str]


def _order(candidate: AgentCandidate, sticky: str | None) -> Order:
    return candidate.key != sticky, candidate.load, candidate.routed_at or _NEVER, candidate.key


def _reasons(ranked: Sequence[tuple[Order, AgentCandidate]]) -> tuple[str, list[ConsideredAgent]]:
    """Why the first was chosen, and what each of the others is behind the first in."""
    if not ranked:
        return "no_candidate", []
    (first, chosen), *others = ranked[:MOST_CANDIDATES]
    considered = [ConsideredAgent(agent=chosen.agent, why="chosen")]
    considered += [
        ConsideredAgent(agent=candidate.agent, why=_BEHIND[_first_difference(first, order)])
        for order, candidate in others
    ]
    if not first[0]:
        return "sticky", considered
    return _AHEAD[_first_difference(first, others[0][0])] if others else "only_one", considered


def _first_difference(first: Order, second: Order) -> int:
    """The number of the first part in which two candidates differ; their names always do."""
    for number in range(len(_BEHIND) - 1):
        if first[number] != second[number]:
            return number
    return len(_BEHIND) - 1


_BEHIND = ("not_sticky", "more_loaded", "assigned_later", "later_name")
_AHEAD = ("sticky", "least_loaded", "longest_waiting", "first_name")
"""By the number of the part of the order in which two candidates differ."""
