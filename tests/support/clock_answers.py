"""Short policies for the SLA clock in tests, and its answers in minutes."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH, from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy.policy import Policy, PolicyVersion, TargetName
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY, PolicyHistory
from domain.ticket import events as e
from tests.support.events import START, instant

HOUR, DAY = 60, 24 * 60
"""In minutes, as `at` counts them from Monday 2 March 2026, 08:00 UTC."""
ON_HOLD, RESUMED = e.TicketPutOnHold(waiting_for="customer"), e.WorkResumed()
REOPENED, CLOSED = e.TicketReopened(), e.TicketClosed(closed_by="agent")
OFFICE = CalendarDefinition.model_validate(
    {"name": "office", "zone": "UTC", "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]}}
)


OFFICE_HOURS = CalendarVersion(version=1, effective_from=EPOCH, calendar=OFFICE)


def policy(rules: object, reopen: str = "continue") -> Policy:
    return Policy.model_validate({"name": "ours", "reopen": reopen, "rules": rules})


def under(
    rules: object, reopen: str = "continue", calendars: Iterable[CalendarVersion] = (OFFICE_HOURS,)
) -> PolicyHistory:
    return PolicyHistory([PolicyVersion(version=1, effective_from=EPOCH, policy=policy(rules, reopen))], calendars)


def only(
    target: TargetName,
    events: Sequence[RecordedEvent],
    minute: float | None,
    policy_history: PolicyHistory = DEFAULT_POLICY_HISTORY,
) -> TargetInstance:
    (instance,) = every(target, events, minute, policy_history)
    return instance


def every(
    target: TargetName,
    events: Sequence[RecordedEvent],
    minute: float | None,
    policy_history: PolicyHistory = DEFAULT_POLICY_HISTORY,
) -> list[TargetInstance]:
    asked_at = None if minute is None else instant(minute)
    return [instance for instance in clocks(events, policy_history, asked_at) if instance.target == target]


def minutes(microseconds: int | None) -> float | None:
    return None if microseconds is None else timedelta(microseconds=microseconds) / timedelta(minutes=1)


def minute(since_epoch: int | None) -> float | None:
    return None if since_epoch is None else (from_microseconds(since_epoch) - START) / timedelta(minutes=1)


def kinds(instance: TargetInstance) -> list[str]:
    return [fact.kind for fact in instance.facts]
