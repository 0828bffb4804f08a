"""How a policy or a calendar is changed: by publishing its next version, with a reason."""

from domain.messages import Command, Text
from domain.sla.policy.bounds import BoundedCalendar, BoundedPolicy, EffectiveFrom


class PublishPolicy(Command):
    """``effective_from``: what is activated from then on is judged by this version."""

    effective_from: EffectiveFrom
    policy: BoundedPolicy
    reason: Text


class PublishCalendar(Command):
    """``effective_from``: what is activated from then on is counted on this version."""

    effective_from: EffectiveFrom
    calendar: BoundedCalendar
    reason: Text


SlaCommand = PublishPolicy | PublishCalendar
