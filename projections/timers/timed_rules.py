"""The published rules with a time, each version with the span in which what becomes due is its own."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from domain.automation.events import AutomationFired, OfRuleAndCause
from domain.automation.firing import NamedRule, latest_of
from domain.definitions.kinds import AUTOMATION
from domain.definitions.rule_book import RuleVersion, named_rule
from domain.definitions.versions_in_effect import recorded_versions
from domain.due.due_function import DueFunction, History
from domain.due.instance import DueInstance
from domain.due.registry import DUE_FUNCTIONS
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.messages import Message
from domain.text_folding import fold_name
from domain.versions import in_effect


class TimedRule(NamedTuple):
    """A version of a rule with a time. What is due after ``since`` and up to ``until`` is due by it; None: for ever.

    ``since`` is when it was published, or took effect if that was later.
    """

    named: NamedRule
    function: DueFunction
    parameters: Message
    since: datetime
    until: datetime | None


class RuleInstance(NamedTuple):
    """A due instance of a rule, by one version of it."""

    rule: TimedRule
    due: DueInstance

    @property
    def latest(self) -> datetime:
        """The last instant at which it is not too late."""
        return latest_of(self.rule.named, self.due)


def timed_rules(definitions: Sequence[RecordedEvent]) -> list[list[TimedRule]]:
    """The versions of each rule with a time that are or were in effect, without those that are switched off."""
    spans = [_spans(versions) for _, versions in sorted(recorded_versions(definitions, AUTOMATION).items())]
    return [rules for rules in spans if rules]


def instances_of(rules: Sequence[TimedRule], history: History, context: TimeContext) -> list[RuleInstance]:
    """What is or becomes due of a stream by the versions of one rule, if nothing else happens; the oldest first.

    An instance that the history records for the rule is gone, and so is every one of a version that fires once for a
    subject when the rule has fired.
    """
    settled = settled_of(rules[0].named.key, history)
    by_identity: dict[str, RuleInstance] = {}
    for rule in rules:
        since = counting_since(rule.since, history)
        if since is None or is_done(rule, history):
            continue
        of_version = replace(context, since=since, settled=settled)
        for due in _due(rule, history, of_version):
            if due.identity in settled or due.due_at <= since or (rule.until is not None and due.due_at > rule.until):
                continue
            known = by_identity.get(due.identity)
            if known is None or due.due_at < known.due.due_at:
                by_identity[due.identity] = RuleInstance(rule, due)
    return sorted(by_identity.values(), key=lambda each: (each.due.due_at, each.due.identity))


def _due(rule: TimedRule, history: History, context: TimeContext) -> Iterator[DueInstance]:
    """The instances of a version, up to a day outside the calendar: a log may hold days at its ends."""
    with suppress(OverflowError):
        yield from rule.function.due(history, rule.parameters, context)


def counting_since(since: datetime, history: History) -> datetime | None:
    """The instant behind which something becomes due of a stream by a rule in effect since then; None: nothing ever is.

    The reminders of a ticket whose receipt was imported were due in another system. Of any other stream nothing was
    due before its last import was recorded.
    """
    imported_at = last_import(history)
    if imported_at is None:
        return since
    first = next(event for event in history if event.is_imported)
    return None if first.topic == "ticket.received" else max(since, imported_at)


def last_import(history: History) -> datetime | None:
    """When the last imported event was recorded."""
    return next((event.recorded_at for event in reversed(history) if event.is_imported), None)


def is_done(rule: TimedRule, history: History) -> bool:
    """Whether a rule fires once for a subject, and has fired by its history."""
    return rule.named.body.once == "subject" and any(
        isinstance(event.payload, AutomationFired) and fold_name(event.payload.rule) == rule.named.key
        for event in history
    )


def settled_of(rule: str, history: History) -> frozenset[str]:
    """The identities of the due instances that a history records for a rule, by its folded name."""
    return frozenset(
        event.payload.due
        for event in history
        if isinstance(event.payload, OfRuleAndCause)
        and event.payload.due is not None
        and fold_name(event.payload.rule) == rule
    )


def _spans(versions: Sequence[RuleVersion]) -> list[TimedRule]:
    """The versions of one rule, each from where it takes over to where another one does."""
    begins = sorted({max(version.effective_from, version.recorded_at) for version in versions})
    rules = []
    for since, until in zip(begins, [*begins[1:], None], strict=True):
        chosen = in_effect([version for version in versions if version.recorded_at <= since], since)
        named = None if chosen is None else named_rule(chosen)
        if named is not None and named.body.enabled and named.body.at is not None:
            at = named.body.at
            rules.append(TimedRule(named, DUE_FUNCTIONS[at.due], at.parameters, since, until))
    return rules
