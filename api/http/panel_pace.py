"""When panels are made anew: those of a cheap page together, else each after a rest in proportion to what it costs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from domain.tenant_settings import TenantSettings

SHARE_OF_TIME = 0.4
"""The share of the process's time that making panels anew may take."""
SHARE_BESIDE_WORK = 0.1
"""The same while the process is busy with other work, such as commands."""
BUSY = 0.3
"""The process is busy when other work takes a larger share of its time: about a thousand commands a second."""
LONGEST_REST = 2.0
"""Seconds after which a panel, or a reading, rests no longer."""
ROUND_SECONDS = 0.65
"""Between the beginnings of two readings of a page: a little more than an open page leaves between two requests."""
ONE_READING = 0.3
"""Seconds that the panels of one reading cost together, so that it does not hold up the cheap ones for long."""


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel as ``encoded`` HTML, read at ``position`` and written by ``settings``; ``at`` is the present then.

    It took ``seconds``.
    """

    encoded: bytes
    position: int
    at: datetime
    seconds: float
    settings: TenantSettings

    @property
    def html(self) -> Markup:
        """Its HTML."""
        return Markup(self.encoded.decode())  # noqa: S704 -- what rendering has escaped


@dataclass(frozen=True, slots=True)
class KeptPanel:
    """A panel that was made by a reading which began at ``began``, by the process's clock."""

    panel: ShownPanel
    began: float


def due_times(kept: Mapping[str, KeptPanel]) -> dict[str, float]:
    """When each panel of a page may be made anew.

    A page that fits into one reading is made as a whole, and only the readings rest. Else each panel rests.
    """
    costs = {name: each.panel.seconds for name, each in kept.items()}
    rests = {} if sum(costs.values()) <= ONE_READING else _rests(costs)
    return {name: each.began + rests.get(name, 0.0) for name, each in kept.items()}


def _rests(costs: Mapping[str, float]) -> dict[str, float]:
    """How long panels rest. Each has an equal part of the share of time, and of what cheaper ones leave of theirs.

    One whose part is enough for every round does not rest. The others rest half a round less than their part allows: a
    page that asks a little too early would wait for one round more.
    """
    share, rests = SHARE_OF_TIME, dict[str, float]()
    for panels, name in zip(range(len(costs), 0, -1), sorted(costs, key=costs.__getitem__), strict=True):
        between = max(ROUND_SECONDS, costs[name] * panels / share)
        share -= costs[name] / between
        rests[name] = 0.0 if between == ROUND_SECONDS else min(LONGEST_REST, between) - ROUND_SECONDS / 2
    return rests


def fitting(kept: Mapping[str, KeptPanel], due: Collection[str]) -> list[str]:
    """The panels of ``due`` that one reading makes: first those that are due for the longest time; at least one."""
    times = due_times(kept)
    chosen: list[str] = []
    seconds = 0.0
    for name in sorted(due, key=lambda name: (times[name], name)):
        cost = kept[name].panel.seconds
        if not chosen or seconds + cost <= ONE_READING:
            chosen.append(name)
            seconds += cost
    return chosen
