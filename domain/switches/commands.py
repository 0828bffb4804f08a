"""The commands that stop and resume what happens by itself."""

from typing import Literal

from domain.messages import Command, Text, Word

What = Literal["rule", "channel", "tenant"]


class StopSwitch(Command):
    """Stops a rule, a channel, or everything that happens by itself (``what`` tenant, ``name`` all)."""

    what: What
    name: Word = "all"
    reason: Text


class ResumeSwitch(Command):
    what: What
    name: Word = "all"
    reason: Text


SwitchCommand = StopSwitch | ResumeSwitch
"""What the stop switches decide."""
