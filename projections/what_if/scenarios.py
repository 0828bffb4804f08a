"""The scenarios of a what-if: a policy from a file, the one in effect, or one step of a target ladder."""

from collections.abc import Sequence
from datetime import datetime

from domain.envelope import RecordedEvent
from domain.messages import Message, Word
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import Policy, Rule, Target
from domain.sla.policy.published import calendar_in_effect, calendars_by_name, policy_in_effect, policy_versions
from domain.text_folding import fold_name

FIRST_RESPONSE_SHARE = 4


class Scenario(Message):
    """A policy with its calendars. It judges as if it had always been in effect, and always would be."""

    name: Word
    policy: Policy
    calendars: tuple[CalendarDefinition, ...] = ()


def scenario_in_effect(rules: Sequence[RecordedEvent], at: datetime) -> Scenario:
    """The policy of an instant, with the calendars of that instant."""
    policy = policy_in_effect(policy_versions(rules), at).policy
    calendars = [calendar_in_effect(versions, at).calendar for versions in calendars_by_name(rules).values()]
    return Scenario(name=policy.name, policy=policy, calendars=tuple(calendars))


def instead(of: Scenario, policy: Policy | None, calendars: Sequence[CalendarDefinition]) -> Scenario:
    """Another policy, if one is given, and calendars in the place of those of the same name.

    Raises ValueError when the policy counts on a calendar that does not exist.
    """
    policy = policy or of.policy
    by_name = {fold_name(calendar.name): calendar for calendar in (*of.calendars, *calendars)}
    if unknown := policy.calendars - by_name.keys():
        raise ValueError(f"unknown calendar {', '.join(sorted(unknown))}: give its definition too, or publish it first")
    return Scenario(name=policy.name, policy=policy, calendars=tuple(by_name.values()))


def rung(of: Scenario, name: str, seconds: int) -> Scenario:
    """The same policy with no resolution longer than so many seconds and no first response longer than a quarter."""
    rules = tuple([_shortened(rule, seconds) for rule in of.policy.rules])
    return of.model_copy(update={"name": name, "policy": of.policy.model_copy(update={"rules": rules})})


def _shortened(rule: Rule, seconds: int) -> Rule:
    return rule.model_copy(
        update={
            "resolution": _at_most(rule.resolution, seconds),
            "first_response": _at_most(rule.first_response, max(1, seconds // FIRST_RESPONSE_SHARE)),
        }
    )


def _at_most(target: Target | None, seconds: int) -> Target | None:
    return target and target.model_copy(update={"duration": min(target.duration, seconds)})
