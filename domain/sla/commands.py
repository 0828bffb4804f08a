"""How a policy or a calendar is changed: by publishing its next version, with a reason."""

from domain.message import Command, Instant, Text
from domain.sla.calendar import CalendarDefinition
from domain.sla.policy import Policy


class PublishPolicy(Command):
    """``effective_from``: what is activated from then on is judged by this version."""

    effective_from: Instant
    policy: Policy
    reason: Text


class PublishCalendar(Command):
    """``effective_from``: what is activated from then on is counted on this version."""

    effective_from: Instant
    calendar: CalendarDefinition
    reason: Text


SlaCommand = PublishPolicy | PublishCalendar
