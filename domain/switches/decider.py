"""The decider of the stop switches."""

from domain.switches.commands import StopSwitch, SwitchCommand
from domain.switches.events import SwitchEvent, SwitchResumed, SwitchStopped
from domain.switches.state import Switches
from domain.text_folding import fold_code


def decide(command: SwitchCommand, switches: Switches) -> list[SwitchEvent]:
    """The event of a change; nothing when it is so already."""
    stopped = (command.what, fold_code(command.name)) in switches.stopped
    if isinstance(command, StopSwitch):
        return [] if stopped else [SwitchStopped(what=command.what, name=command.name)]
    return [SwitchResumed(what=command.what, name=command.name)] if stopped else []
