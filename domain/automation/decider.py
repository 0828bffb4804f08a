"""The decider of what automation records on the subject of a rule."""

from collections.abc import Sequence

from domain.automation import commands as c
from domain.automation import events as e


def decide(command: c.AutomationCommand, outcomes: Sequence[e.Outcome] = ()) -> e.AutomationEvent:
    """The event of a command. ``outcomes`` are what became of the commands of a rule that fires.

    The caller judges on the subject's history whether the command is due and gives its version with it.
    """
    if isinstance(command, c.SuspendRule):
        return e.AutomationSuspended(rule=command.rule, version=command.version, why=command.why)
    if isinstance(command, c.ResumeRule):
        return e.AutomationResumed(rule=command.rule)
    fields = command.model_dump(include={"rule", "version", "cause", "due", "due_at"})
    if isinstance(command, c.FireRule):
        return e.AutomationFired(**fields, outcomes=tuple(outcomes))
    if isinstance(command, c.ShadowRule):
        return e.AutomationShadowed(**fields, commands=command.commands)
    return e.AutomationPassedOver(**fields, why=command.why)
