"""Which rules and channels are stopped."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.switches.events import SwitchEvent, SwitchStopped
from domain.text_folding import fold_code

SWITCHES = UUID("7f1d6d0a-6a3e-5d0e-9d8e-2f6a8b1c4e55")
"""The stream of the switches of a tenant."""


class Switches(NamedTuple):
    """``stopped`` holds pairs of what is stopped and its folded name."""

    state: str = "none"
    stopped: frozenset[tuple[str, str]] = frozenset()

    def stops(self, what: str, name: str) -> bool:
        """Whether a rule or a channel is stopped, by itself or with the whole tenant."""
        return (what, fold_code(name)) in self.stopped or any(kind == "tenant" for kind, _ in self.stopped)


def evolve(switches: Switches, event: SwitchEvent, at: datetime) -> Switches:  # noqa: ARG001 -- the shape every fold has
    """The switches after one more event."""
    key = (event.what, fold_code(event.name))
    stopped = switches.stopped | {key} if isinstance(event, SwitchStopped) else switches.stopped - {key}
    return Switches("kept", stopped)
