"""The rules of a log: which of them are in effect at a position and an instant, and which react to a topic."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.automation.definition import AutomationRule
from domain.automation.event_test import RuleIndex
from domain.automation.events import AutomationFired
from domain.automation.firing import NamedRule, causes_of
from domain.definitions.kinds import AUTOMATION
from domain.definitions.versions_in_effect import RecordedVersion, VersionsInEffect, recorded_versions
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name

RuleVersion = RecordedVersion[AutomationRule]


class RuleBook:
    """The rules among some published definitions. It changes with them alone, so that callers keep it."""

    def __init__(self, definitions: Sequence[RecordedEvent]) -> None:
        by_name = recorded_versions(definitions, AUTOMATION)
        versions = [version for of_rule in by_name.values() for version in of_rule]
        bodies = [version.body for version in versions if version.body is not None]
        self.topics = frozenset(topic for body in bodies for topic in body.on)
        """The topics that any version reacts to."""
        self.unreadable = [version for version in versions if version.body is None]
        in_effect = VersionsInEffect(by_name.values())
        self._rules = in_effect.cached(_rules)
        self._by_topic = in_effect.cached(_by_topic)

    def in_effect(self, position: int, at: datetime) -> Sequence[NamedRule]:
        """The rules for an event at a position and an instant, in the order in which they fire.

        They were published before the position and are effective by the instant. Disabled ones are among them.
        """
        return self._rules(position, at)

    def reacting(self, position: int, at: datetime) -> Mapping[str, RuleIndex[NamedRule]]:
        """The enabled rules among them that react to events, by topic."""
        return self._by_topic(position, at)

    def named(self, name: str, position: int, at: datetime) -> NamedRule | None:
        """The rule of a name that is in effect then."""
        key = fold_name(name)
        return next((rule for rule in self.in_effect(position, at) if rule.key == key), None)

    def has_ended(self, event: RecordedEvent, rule: NamedRule, history: Sequence[RecordedEvent]) -> bool:
        """Whether a rule before this one fired for an event, or one of the same command, and let no other one fire."""
        one_change = causes_of(event, history)
        fired = (each.payload for each in history if isinstance(each.payload, AutomationFired))
        names = {fold_name(each.rule) for each in fired if each.cause in one_change} - {rule.key}
        others = (self.named(name, event.position, event.recorded_at) for name in names)
        return any(other is not None and other.body.stop and in_turn(other) < in_turn(rule) for other in others)


def in_turn(rule: NamedRule) -> tuple[int, str]:
    """Rules fire by number and then by name."""
    return rule.body.order, rule.key


def named_rule(version: RuleVersion) -> NamedRule | None:
    """The rule of a version; None when this release cannot read it."""
    if version.body is None:
        return None
    return NamedRule(version.name, version.version, version.position, version.since, version.body)


def _rules(versions: Sequence[RuleVersion]) -> Sequence[NamedRule]:
    return sorted((rule for version in versions if (rule := named_rule(version)) is not None), key=in_turn)


def _by_topic(versions: Sequence[RuleVersion]) -> Mapping[str, RuleIndex[NamedRule]]:
    enabled = [rule for rule in _rules(versions) if rule.body.enabled]
    topics = {topic for rule in enabled for topic in rule.body.on}
    return {topic: RuleIndex((rule.body, rule) for rule in enabled if topic in rule.body.on) for topic in topics}
