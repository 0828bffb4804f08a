"""When panels are made anew: cheap ones at every reading, costly ones after a rest in proportion to what they cost."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

SHARE_OF_TIME = 0.3
"""The share of the process's time that making panels anew may take."""
LONGEST_REST = 2.0
"""Seconds after which a panel, or a reading, rests no longer."""
ONE_READING = 0.1
"""Seconds that the panels of one reading cost together, so that it does not hold up the cheap ones for long."""


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """The HTML of a panel, read at ``position``; ``at`` is the present of the reading. It took ``seconds``."""

    html: Markup
    position: int
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class KeptPanel:
    """A panel that was made by a reading which began at ``began``, by the process's clock."""

    panel: ShownPanel
    began: float

    def due_at(self, panels: int) -> float:
        """When it may be made anew, if each of so many ``panels`` has an equal part of the share."""
        return self.began + min(LONGEST_REST, self.panel.seconds * panels / SHARE_OF_TIME)


def fitting(kept: Mapping[str, KeptPanel], due: Collection[str]) -> list[str]:
    """The panels of ``due`` that one reading makes: first those that are due for the longest time; at least one."""
    chosen: list[str] = []
    seconds = 0.0
    for name in sorted(due, key=lambda name: (kept[name].due_at(len(kept)), name)):
        cost = kept[name].panel.seconds
        if not chosen or seconds + cost <= ONE_READING:
            chosen.append(name)
            seconds += cost
    return chosen
