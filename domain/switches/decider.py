"""The decider of the stop switches."""

from domain.refusal import Refusal
from domain.switches.commands import ALL, StopSwitch, SwitchCommand
from domain.switches.events import SwitchEvent, SwitchResumed, SwitchStopped
from domain.switches.state import Switches
from domain.text_folding import fold_code


def decide(command: SwitchCommand, switches: Switches) -> list[SwitchEvent]:
    """The event of a change; nothing when it is so already.

    Raises Refusal for a name of the tenant other than all, unless one that is stopped is resumed.
    """
    name = fold_code(command.name)
    stopped = (command.what, name) in switches.stopped
    if command.what == "tenant" and name != ALL and not (stopped and not isinstance(command, StopSwitch)):
        rule = f"the switch of the tenant has the name {ALL}: leave the name out"
        raise Refusal("switch_unknown", rule, switches.state)
    if isinstance(command, StopSwitch):
        return [] if stopped else [SwitchStopped(what=command.what, name=command.name)]
    return [SwitchResumed(what=command.what, name=command.name)] if stopped else []
