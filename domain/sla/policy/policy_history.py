"""All versions of the policy and of the calendars, and which of them a target instance is judged by."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from domain.sla.calendar.business_time import (
    AROUND_THE_CLOCK,
    BusinessTime,
    CalendarDefinition,
    CalendarVersion,
    business_time,
)
from domain.sla.calendar.microseconds import EPOCH, SECOND, to_microseconds
from domain.sla.events import WarningPoint
from domain.sla.policy.policy import BUILT_IN, Policy, PolicyVersion, Rule, Target, TargetName
from domain.sla.policy.warning_point import elapsed_at
from domain.text_folding import fold_code, fold_name

ALWAYS = CalendarVersion(version=1, effective_from=EPOCH, calendar=AROUND_THE_CLOCK)
"""The built-in calendar's only version."""


class BoundCalendar(NamedTuple):
    """A calendar version, ready to count with."""

    name: str
    version: int
    time: BusinessTime


class BoundTarget(NamedTuple):
    """A target with its calendar, in microseconds. ``warnings``: the points, each with the elapsed time it means."""

    duration: int
    calendar: BoundCalendar
    pauses: frozenset[str]
    warnings: tuple[tuple[WarningPoint, int], ...]
    until_closed: bool


FOLDS: tuple[Callable[[str], str], ...] = (fold_name, fold_name, fold_name, fold_code)
"""How each of the traits is compared with what a rule selects: a tier is a code, the others are names."""


class SelectionAttributes(NamedTuple):
    """What of a ticket selects its rule."""

    priority: str | None = None
    category: str | None = None
    channel: str | None = None
    customer_tier: str | None = None


class SelectablePolicy:
    """A policy version, ready to select with. ``names`` are the targets that any of its rules promises."""

    def __init__(self, version: PolicyVersion) -> None:
        self.name = version.policy.name
        self.version = version.version
        self.continues = version.policy.reopen == "continue"
        self._rules = tuple((_selectors(rule), rule.targets) for rule in version.policy.rules)
        self.selects_by_tier = any(rule.customer_tier for rule in version.policy.rules)
        self.names = frozenset(name for _, targets in self._rules for name in targets)

    def target(self, name: TargetName, traits: SelectionAttributes) -> Target | None:
        """What the first rule that matches promises under a name; None when it promises nothing."""
        for selectors, targets in self._rules:
            for place, allowed in selectors:
                trait = traits[place]
                if trait is None or FOLDS[place](trait) not in allowed:
                    break
            else:
                return targets.get(name)
        return None


Content = TypeVar("Content")


class _InEffect(NamedTuple, Generic[Content]):
    effective_from: int
    version: int
    position: int
    content: Content


class PolicyHistory:
    """What was promised at any time.

    An instance is judged by the versions that had taken effect last when it was activated, among those recorded before
    the event that activated it, and keeps them for ever: neither a later version nor one recorded later, whatever
    instant it is effective from, changes a promise already made. A ticket from before every policy is promised nothing;
    an instance from before every version of its calendar is counted on the first of them.
    """

    def __init__(self, policies: Iterable[PolicyVersion], calendars: Iterable[CalendarVersion] = ()) -> None:
        self._editions = sorted(
            _InEffect(
                to_microseconds(version.effective_from), version.version, version.position, SelectablePolicy(version)
            )
            for version in policies
        )
        by_name: defaultdict[str, list[_InEffect[BoundCalendar]]] = defaultdict(list)
        for version in (ALWAYS, *calendars):
            calendar = BoundCalendar(version.calendar.name, version.version, business_time(version.calendar))
            since = to_microseconds(version.effective_from)
            by_name[fold_name(calendar.name)].append(_InEffect(since, version.version, version.position, calendar))
        self.selects_by_tier = any(edition.content.selects_by_tier for edition in self._editions)
        self._calendars = {name: sorted(versions) for name, versions in by_name.items()}

    def edition(self, at: int, position: int) -> SelectablePolicy | None:
        """The policy version for what is activated at an instant by the event at a position; None before them all."""
        return _in_effect(self._editions, at, position)

    def promise(self, target: Target, at: int, position: int) -> BoundTarget:
        """A target with the calendar version for what is activated then. Raises KeyError for an unknown calendar."""
        versions = self._calendars[fold_name(target.calendar)]
        calendar = _in_effect(versions, at, position) or versions[0].content
        duration = target.duration * SECOND
        warnings = tuple([(point, elapsed_at(point, duration, SECOND)) for point in target.warn_at])
        return BoundTarget(duration, calendar, frozenset(target.pauses), warnings, target.until == "closed")


def _in_effect(versions: Sequence[_InEffect[Content]], at: int, position: int) -> Content | None:
    for version in reversed(versions):
        # No version stands at the position of an event that it judges, so < would say the same as <= there.
        if version.effective_from <= at and version.position <= position:
            return version.content
    return None


def _selectors(rule: Rule) -> tuple[tuple[int, frozenset[str]], ...]:
    allowed = (rule.priority, rule.category, rule.channel, rule.customer_tier)
    return tuple((place, frozenset(map(FOLDS[place], values))) for place, values in enumerate(allowed) if values)


DEFAULT_RULEBOOK = PolicyHistory([BUILT_IN])
"""The default policy, for ever."""


def always(policy: Policy, calendars: Iterable[CalendarDefinition] = ()) -> PolicyHistory:
    """The rulebook of one policy and its calendars, as if they had been in effect since the beginning and for ever.

    What any other policy or calendar says is not in it. Raises KeyError at the first use of a calendar it lacks.
    """
    versions = [CalendarVersion(version=1, effective_from=EPOCH, calendar=calendar) for calendar in calendars]
    return PolicyHistory([PolicyVersion(version=1, effective_from=EPOCH, policy=policy)], versions)
