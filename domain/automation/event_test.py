"""A quick test of a rule on the event itself, which passes over most events that do not matter."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from domain.automation.definition import AutomationRule
from domain.automation.fields import RuleCondition, actor_value, event_value
from domain.envelope import RecordedEvent
from domain.predicate import AllOf, AnyOf, Test, Value, quick_test
from domain.text_folding import fold_code

R = TypeVar("R")


class EventValues:
    """The values of one event by the names of fields, each read and folded once for all rules."""

    __slots__ = ("_event", "_read")

    def __init__(self, event: RecordedEvent) -> None:
        self._event = event
        self._read: dict[str, tuple[Value, frozenset[str]]] = {}

    def of(self, field: str) -> tuple[Value, frozenset[str]]:
        """What stands in a field, and its texts in their comparison form."""
        known = self._read.get(field)
        if known is None:
            of, _, name = field.partition(".")
            value = actor_value(self._event, name) if of == "actor" else event_value(self._event, name)
            texts = (value,) if isinstance(value, str) else value if isinstance(value, frozenset) else ()
            known = self._read[field] = value, frozenset(map(fold_code, texts))
        return known


def event_test(rule: AutomationRule) -> Test[EventValues] | None:
    """A test that fails only for events that the conditions hold for on no subject; None: it never fails."""
    return None if rule.when is None else quick_test(rule.when, _test_of)


def _test_of(condition: RuleCondition) -> Callable[[EventValues], bool] | None:
    if condition.of not in {"event", "actor"}:
        return None
    field = condition.field
    if isinstance(condition.value, str | tuple):
        texts = _texts(condition)
        return lambda values: not texts.isdisjoint(values.of(field)[1])
    return lambda values: condition.is_met_by(values.of(field)[0])


def _texts(condition: RuleCondition) -> frozenset[str]:
    """The texts that a condition compares with, in their comparison form."""
    wanted = condition.value if isinstance(condition.value, tuple) else (str(condition.value),)
    return frozenset(map(fold_code, wanted))


class Necessary(NamedTuple):
    """One of the texts must stand in the field of an event, or a rule does not fire for it."""

    field: str
    texts: frozenset[str]


def necessary_texts(predicate: Any) -> Necessary | None:
    """What texts a predicate needs in one field of the event; None where it says nothing of the kind."""
    match predicate:
        case AllOf(all=parts):
            return next(filter(None, map(necessary_texts, parts)), None)
        case AnyOf(any=parts):
            needed = list(map(necessary_texts, parts))
            named = {each.field for each in needed if each is not None}
            if None in needed or len(named) != 1:
                return None
            return Necessary(named.pop(), frozenset().union(*(each.texts for each in needed if each is not None)))
        case RuleCondition(value=str() | tuple()) if predicate.of in {"event", "actor"}:
            return Necessary(predicate.field, _texts(predicate))
        case _:
            return None


class RuleIndex(Generic[R]):
    """The rules that react to one topic, found by the texts that they need in the event; the others are tried each."""

    def __init__(self, rules: Iterable[tuple[AutomationRule, R]]) -> None:
        self._always: list[_Entry[R]] = []
        self._by_field: dict[str, dict[str, list[_Entry[R]]]] = {}
        for number, (rule, given) in enumerate(rules):
            entry = _Entry(number, event_test(rule), given)
            needed = necessary_texts(rule.when)
            if needed is None:
                self._always.append(entry)
                continue
            by_text = self._by_field.setdefault(needed.field, {})
            for text in needed.texts:
                by_text.setdefault(text, []).append(entry)

    def matching(self, event: RecordedEvent) -> list[R]:
        """The rules that may fire for an event by what it says itself, in their order."""
        values = EventValues(event)
        candidates = list(self._always)
        for field, by_text in self._by_field.items():
            for text in values.of(field)[1]:
                candidates += by_text.get(text, ())
        if not candidates:
            return []
        entries = {entry.number: entry for entry in candidates if entry.test is None or entry.test(values)}
        return [entries[number].given for number in sorted(entries)]


class _Entry(NamedTuple, Generic[R]):
    number: int
    test: Test[EventValues] | None
    given: R
