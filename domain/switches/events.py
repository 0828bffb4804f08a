"""The events of the stop switches of a tenant, which are one stream. ``what`` is rule, channel, endpoint or tenant."""

from domain.messages import Event


class SwitchStopped(Event):
    topic = "switch.stopped"
    in_figures = False
    what: str
    name: str


class SwitchResumed(Event):
    topic = "switch.resumed"
    in_figures = False
    what: str
    name: str


SwitchEvent = SwitchStopped | SwitchResumed
"""What happens to the stop switches."""
