"""The rules of a log: which of them are in effect at a position and an instant, and which react to a topic."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from domain.automation.definition import AutomationRule
from domain.automation.event_test import RuleIndex
from domain.automation.firing import NamedRule
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import AUTOMATION
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.versions import in_effect

_STATES_KEPT = 64


class PublishedRule(NamedTuple):
    """A version of a rule. Without a body this release cannot read it, such as one of a plug-in that is gone."""

    name: str
    version: int
    effective_from: datetime
    position: int
    recorded_at: datetime
    body: AutomationRule | None


def published_rules(definitions: Sequence[RecordedEvent]) -> Mapping[str, Sequence[PublishedRule]]:
    """The versions of each rule among some published definitions, by its folded name."""
    by_name: defaultdict[str, list[PublishedRule]] = defaultdict(list)
    for event in definitions:
        if isinstance(event.payload, DefinitionPublished) and event.payload.kind == AUTOMATION.name:
            by_name[fold_name(event.payload.name)].append(_published(event, event.payload))
    return by_name


class RuleBook:
    """The rules among some published definitions. It changes with them alone, so that callers keep it."""

    def __init__(self, definitions: Sequence[RecordedEvent]) -> None:
        self._versions = published_rules(definitions)
        versions = [version for of_rule in self._versions.values() for version in of_rule]
        self._positions = sorted(version.position for version in versions)
        self._instants = sorted({version.effective_from for version in versions})
        bodies = [version.body for version in versions if version.body is not None]
        self.topics = frozenset(topic for body in bodies for topic in body.on)
        """The topics that any version reacts to."""
        self.unreadable = [version for version in versions if version.body is None]
        self._in_effect = lru_cache(_STATES_KEPT)(self._find_in_effect)
        self._by_topic = lru_cache(_STATES_KEPT)(self._find_by_topic)

    def in_effect(self, position: int, at: datetime) -> Sequence[NamedRule]:
        """The rules for an event at a position and an instant, in the order in which they fire.

        They were published before the position and are effective by the instant. Disabled ones are among them.
        """
        return self._in_effect(*self._state(position, at))

    def reacting(self, position: int, at: datetime) -> Mapping[str, RuleIndex[NamedRule]]:
        """The enabled rules among them that react to events, by topic."""
        return self._by_topic(*self._state(position, at))

    def named(self, name: str, position: int, at: datetime) -> NamedRule | None:
        """The rule of a name that is in effect then."""
        key = fold_name(name)
        return next((rule for rule in self.in_effect(position, at) if rule.key == key), None)

    def _state(self, position: int, at: datetime) -> tuple[int, int]:
        """How many versions are published by then, and how many effective instants have passed."""
        return bisect_left(self._positions, position), bisect_right(self._instants, at)

    def _find_in_effect(self, published: int, begun: int) -> Sequence[NamedRule]:
        if not published or not begun:
            return ()
        newest, at = self._positions[published - 1], self._instants[begun - 1]
        rules = []
        for versions in self._versions.values():
            known = [version for version in versions if version.position <= newest]
            chosen = in_effect(known, at)
            if chosen is not None and chosen.body is not None:
                since = known[0].recorded_at
                rules.append(NamedRule(chosen.name, chosen.version, chosen.position, since, chosen.body))
        return sorted(rules, key=in_turn)

    def _find_by_topic(self, published: int, begun: int) -> Mapping[str, RuleIndex[NamedRule]]:
        enabled = [rule for rule in self._in_effect(published, begun) if rule.body.enabled]
        topics = {topic for rule in enabled for topic in rule.body.on}
        return {topic: RuleIndex((rule.body, rule) for rule in enabled if topic in rule.body.on) for topic in topics}


def in_turn(rule: NamedRule) -> tuple[int, str]:
    """Rules fire by number and then by name."""
    return rule.body.order, rule.key


def _published(event: RecordedEvent, payload: DefinitionPublished) -> PublishedRule:
    try:
        body = AutomationRule.model_validate(payload.body)
    except ValidationError:
        body = None
    return PublishedRule(payload.name, payload.version, payload.effective_from, event.position, event.recorded_at, body)
