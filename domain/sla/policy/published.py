"""The rulebook that a log tells: the built-in policy, then every version published since."""

from collections.abc import Sequence
from datetime import datetime

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition, CalendarVersion, version_in_effect
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.policy.events import CalendarPublished, PolicyPublished
from domain.sla.policy.policy import BUILT_IN, Policy, PolicyVersion
from domain.sla.policy.policy_history import ALWAYS, DEFAULT_RULEBOOK, PolicyHistory
from domain.text_folding import fold_name

_KEPT = 16
_rulebooks: dict[tuple[str, ...], PolicyHistory] = {}


def rulebook_of(rules: Sequence[RecordedEvent]) -> PolicyHistory:
    """The rulebook of some published policies and calendars, each known from its position on.

    The same events give the same rulebook object: making one reads every calendar.
    """
    if not rules:
        return DEFAULT_RULEBOOK
    key = tuple([event.envelope.event_id for event in rules])
    found = _rulebooks.get(key)
    if found is None:
        if len(_rulebooks) >= _KEPT:
            _rulebooks.clear()
        found = _rulebooks[key] = PolicyHistory(policy_versions(rules), calendar_versions(rules))
    return found


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
    """Of one calendar's versions, the one that took effect last; before them all the first, as for an instance."""
    try:
        return version_in_effect(versions, at)
    except LookupError:
        return min(versions, key=lambda version: (version.effective_from, version.version))


def calendars_by_name(rules: Sequence[RecordedEvent]) -> dict[str, list[CalendarVersion]]:
    """Every version of each calendar, by its folded name; the built-in one is there without being published."""
    found: dict[str, list[CalendarVersion]] = {AROUND_THE_CLOCK.name: [ALWAYS]}
    for version in calendar_versions(rules):
        found.setdefault(fold_name(version.calendar.name), []).append(version)
    return found


def always_as_published(
    rules: Sequence[RecordedEvent], policy: Policy, calendars: Sequence[CalendarDefinition]
) -> PolicyHistory:
    """The rulebook of one policy as if it had been in effect always, under the numbers of the versions that say so.

    ``calendars`` hold those that it counts on. Raises LookupError, which names what no published version says.
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
