"""The commands that publish a version of the policy or of a calendar, with a reason."""

from domain.messages import Command, Text
from domain.sla.policy.bounds import BoundedCalendar, BoundedPolicy, EffectiveFrom


class PublishPolicy(Command):
    """This version judges the instances that are activated from ``effective_from`` on."""

    effective_from: EffectiveFrom
    policy: BoundedPolicy
    reason: Text


class PublishCalendar(Command):
    """Instances that are activated from ``effective_from`` on count on this version."""

    effective_from: EffectiveFrom
    calendar: BoundedCalendar
    reason: Text


SlaCommand = PublishPolicy | PublishCalendar
