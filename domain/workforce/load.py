"""The load of an agent or a team, and the rules by which an agent has too much."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Literal, NamedTuple

OverloadRule = Literal["over_working_time", "over_capacity", "over_team_median"]
MEDIAN_FACTOR, LEAST_TICKETS = 1.5, 5
"""An agent is over the team's median with more than this many times its tickets, and at least so many of them."""


class Load(NamedTuple):
    """What somebody holds and can hold. Seconds; None: not known.

    ``team_tickets`` are the open tickets of each agent of the same team, this one included; of a team there are none.
    """

    tickets: int
    expected_effort: float
    working_time_left: float | None
    capacity: int | None = None
    team_tickets: Sequence[int] = ()

    @property
    def value(self) -> float | None:
        """Expected effort by working time left; None with less than a second left, or where it is not known.

        A day that a page asks for means its last microsecond, which is no time to work in.
        """
        left = self.working_time_left
        return self.expected_effort / left if left is not None and left >= 1 else None

    @property
    def overloaded_by(self) -> list[OverloadRule]:
        """Every rule of overload that holds; none of them counts what is not known."""
        return [rule for rule, holds in _RULES.items() if holds(self)]


def _over_working_time(load: Load) -> bool:
    return load.value is not None and load.value > 1


def _over_capacity(load: Load) -> bool:
    return load.capacity is not None and load.tickets > load.capacity


def _over_team_median(load: Load) -> bool:
    if load.tickets < LEAST_TICKETS or not load.team_tickets:
        return False
    return load.tickets > MEDIAN_FACTOR * median(load.team_tickets)


_RULES: Mapping[OverloadRule, Callable[[Load], bool]] = MappingProxyType(
    {"over_working_time": _over_working_time, "over_capacity": _over_capacity, "over_team_median": _over_team_median}
)
