"""The policy history of a log: the built-in policy, then every published version."""

from collections.abc import Sequence
from datetime import datetime

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition, CalendarVersion
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.policy.events import CalendarPublished, PolicyPublished
from domain.sla.policy.kept_histories import KeptHistories
from domain.sla.policy.policy import BUILT_IN, Policy, PolicyVersion
from domain.sla.policy.policy_history import ALWAYS, DEFAULT_POLICY_HISTORY, PolicyHistory
from domain.text_folding import fold_name
from domain.versions import in_effect


def made_policy_history(rules: Sequence[RecordedEvent]) -> PolicyHistory:
    """The policy history of some published policies and calendars, each known from its position on."""
    return PolicyHistory(policy_versions(rules), calendar_versions(rules)) if rules else DEFAULT_POLICY_HISTORY


policy_history_of = KeptHistories(made_policy_history).of
"""The same, kept by this process for all its readings: making one reads every calendar."""


def policy_versions(rules: Sequence[RecordedEvent]) -> list[PolicyVersion]:
    """Every version of the policy, the built-in one first."""
    published = [
        PolicyVersion(
            version=event.payload.version,
            effective_from=event.payload.effective_from,
            position=event.position,
            policy=event.payload.policy,
        )
        for event in rules
        if isinstance(event.payload, PolicyPublished)
    ]
    return [BUILT_IN, *published]


def calendar_versions(rules: Sequence[RecordedEvent]) -> list[CalendarVersion]:
    """Every version of every calendar."""
    return [
        CalendarVersion(
            version=event.payload.version,
            effective_from=event.payload.effective_from,
            position=event.position,
            calendar=event.payload.calendar,
        )
        for event in rules
        if isinstance(event.payload, CalendarPublished)
    ]


def calendar_in_effect(versions: Sequence[CalendarVersion], at: datetime) -> CalendarVersion:
    """The version of a calendar that took effect last; before the first version, the first, as for an instance."""
    return in_effect(versions, at) or min(versions, key=lambda version: (version.effective_from, version.version))


def policy_in_effect(versions: Sequence[PolicyVersion], at: datetime) -> PolicyVersion:
    """The version of the policy that took effect last. Raises LookupError before the first one."""
    version = in_effect(versions, at)
    if version is None:
        raise LookupError(f"no version was in effect at {at.isoformat()}")
    return version


def calendars_by_name(rules: Sequence[RecordedEvent]) -> dict[str, list[CalendarVersion]]:
    """Every version of each calendar by its folded name, the built-in one included."""
    versions: dict[str, list[CalendarVersion]] = {AROUND_THE_CLOCK.name: [ALWAYS]}
    for version in calendar_versions(rules):
        versions.setdefault(fold_name(version.calendar.name), []).append(version)
    return versions


def always_as_published(
    rules: Sequence[RecordedEvent], policy: Policy, calendars: Sequence[CalendarDefinition]
) -> PolicyHistory:
    """The policy history of one policy as if it were in effect always, with the numbers of its published versions.

    ``calendars`` hold those that it counts on. Raises LookupError, which names what no published version equals.
    """
    since = {"effective_from": EPOCH, "position": 0}
    policies = [version for version in policy_versions(rules) if version.policy == policy]
    if not policies:
        raise LookupError(f"the policy {policy.name!r}")
    published = calendars_by_name(rules)
    counted_on: list[CalendarVersion] = []
    for calendar in calendars:
        name = fold_name(calendar.name)
        if name not in policy.calendars:
            continue
        written = calendar.with_holidays_written_out()
        versions = [version for version in published.get(name, []) if version.calendar == written]
        if not versions:
            raise LookupError(f"the calendar {calendar.name!r}")
        counted_on.append(versions[-1].model_copy(update=since))
    return PolicyHistory([policies[-1].model_copy(update=since)], counted_on)
