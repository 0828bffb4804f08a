"""The commands that stop and resume what happens by itself."""

from typing import Literal

from domain.messages import Command, Text, Word

What = Literal["rule", "channel", "endpoint", "tenant"]
ALL = "all"
"""The only name of the switch of the tenant."""


class StopSwitch(Command):
    """Stops a rule, a channel, an endpoint of webhooks, or everything that happens by itself.

    The last has the ``what`` tenant and the ``name`` all.
    """

    what: What
    name: Word = ALL
    reason: Text


class ResumeSwitch(Command):
    what: What
    name: Word = ALL
    reason: Text


SwitchCommand = StopSwitch | ResumeSwitch
"""What the stop switches decide."""
