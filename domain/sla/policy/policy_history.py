"""All versions of the policy and of the calendars, and the choice of those that judge a target instance."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, Self, TypeVar

from domain.sla.calendar.business_time import (
    AROUND_THE_CLOCK,
    BUSINESS_TIMES,
    BusinessTime,
    BusinessTimes,
    CalendarDefinition,
    CalendarVersion,
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
    """A target with its calendar version, in microseconds. ``warnings``: each point with the elapsed time it means."""

    duration: int
    calendar: BoundCalendar
    pauses: frozenset[str]
    warnings: tuple[tuple[WarningPoint, int], ...]
    until_closed: bool


class SelectableTarget(NamedTuple):
    """A target ready to be bound: the folded name of its calendar, and the fields of a BoundTarget."""

    calendar: str
    duration: int
    pauses: frozenset[str]
    warnings: tuple[tuple[WarningPoint, int], ...]
    until_closed: bool

    @classmethod
    def of(cls, target: Target) -> Self:
        """The target with durations in microseconds."""
        duration = target.duration * SECOND
        warnings = tuple([(point, elapsed_at(point, duration)) for point in target.warn_at])
        return cls(fold_name(target.calendar), duration, frozenset(target.pauses), warnings, target.until == "closed")


FOLDS: tuple[Callable[[str], str], ...] = (fold_name, fold_name, fold_name, fold_code)
"""How each selection attribute is compared with the words of a rule: a tier is a code, the others are names."""


class SelectionAttributes(NamedTuple):
    """The attributes of a ticket that select its rule."""

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
        self._rules = tuple(
            (_selectors(rule), {name: SelectableTarget.of(target) for name, target in rule.targets.items()})
            for rule in version.policy.rules
        )
        self.selects_by_tier = any(rule.customer_tier for rule in version.policy.rules)
        self.names = frozenset(name for _, targets in self._rules for name in targets)

    def target(self, name: TargetName, attributes: SelectionAttributes) -> SelectableTarget | None:
        """The target of that name in the first rule that matches; None when this rule has no such target."""
        for selectors, targets in self._rules:
            for number, allowed in selectors:
                value = attributes[number]
                if value is None or FOLDS[number](value) not in allowed:
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
    """Every version of the policy and of its calendars, by which clocks judge.

    An instance is judged by the versions that had taken effect last when it was activated, among those recorded before
    the event that activated it, and keeps them: neither a later version nor one recorded later changes a promise that
    is made, whatever its effective instant. A ticket from before every policy has no targets. An instance from before
    every version of its calendar counts on the one that takes effect first, of those recorded before that event.
    """

    def __init__(
        self,
        policies: Iterable[PolicyVersion],
        calendars: Iterable[CalendarVersion] = (),
        times: BusinessTimes = BUSINESS_TIMES,
    ) -> None:
        self._policies = sorted(
            _InEffect(
                to_microseconds(version.effective_from), version.version, version.position, SelectablePolicy(version)
            )
            for version in policies
        )
        by_name: defaultdict[str, list[_InEffect[BoundCalendar]]] = defaultdict(list)
        for version in (ALWAYS, *calendars):
            calendar = BoundCalendar(version.calendar.name, version.version, times.of(version.calendar))
            since = to_microseconds(version.effective_from)
            by_name[fold_name(calendar.name)].append(_InEffect(since, version.version, version.position, calendar))
        self.selects_by_tier = any(version.content.selects_by_tier for version in self._policies)
        self._calendars = {name: sorted(versions) for name, versions in by_name.items()}

    def policy(self, at: int, position: int) -> SelectablePolicy | None:
        """The policy version for what the event at ``position`` activates at ``at``; None before the first version."""
        return _in_effect(self._policies, at, position)

    def calendar(self, name: str, at: int, position: int) -> BoundCalendar:
        """The version of a calendar for what is judged then, by its folded name. Raises KeyError for an unknown one."""
        versions = self._calendars[name]
        recorded = (version.content for version in versions if version.position <= position)
        return _in_effect(versions, at, position) or next(recorded, versions[0].content)

    def bind(self, target: SelectableTarget, at: int, position: int) -> BoundTarget:
        """A target with the calendar version for what is activated then. Raises KeyError for an unknown calendar."""
        calendar = self.calendar(target.calendar, at, position)
        return BoundTarget(target.duration, calendar, target.pauses, target.warnings, target.until_closed)


def _in_effect(versions: Sequence[_InEffect[Content]], at: int, position: int) -> Content | None:
    for version in reversed(versions):
        # No version stands at the position of an event that it judges, so < would say the same as <= there.
        if version.effective_from <= at and version.position <= position:
            return version.content
    return None


def _selectors(rule: Rule) -> tuple[tuple[int, frozenset[str]], ...]:
    allowed = (rule.priority, rule.category, rule.channel, rule.customer_tier)
    return tuple((number, frozenset(map(FOLDS[number], values))) for number, values in enumerate(allowed) if values)


DEFAULT_POLICY_HISTORY = PolicyHistory([BUILT_IN])
"""The default policy, in effect always."""


def always(
    policy: Policy, calendars: Iterable[CalendarDefinition] = (), times: BusinessTimes = BUSINESS_TIMES
) -> PolicyHistory:
    """The policy history of one policy and its calendars alone, as if they were in effect always.

    Its first use of a calendar that it lacks raises KeyError.
    """
    versions = [CalendarVersion(version=1, effective_from=EPOCH, calendar=calendar) for calendar in calendars]
    return PolicyHistory([PolicyVersion(version=1, effective_from=EPOCH, policy=policy)], versions, times)
