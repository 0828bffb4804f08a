"""How the value of a field is written for people: by its type, its unit, or the vocabulary of its codes."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from pydantic import AwareDatetime

from domain import readable
from domain.automation.events import Outcome
from domain.customer.facts.events import PurchasedItem
from domain.readable import ByLanguage, Language
from domain.sla.calendar.definition import CalendarDefinition
from domain.sla.events import SlaResult
from domain.sla.policy.policy import Policy
from domain.ticket.events import Change
from domain.ticket.routing_choice import RoutingChoice
from domain.zones import TimeZone
from projections.audit.field_types import names_a_stream, type_of, vocabulary_of
from projections.audit.routing_text import routing_text
from projections.audit.rules_in_words import refusal_words
from projections.audit.words import word, word_of

_RESULT: ByLanguage = MappingProxyType(
    {
        "en": "{verdict}, due at {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
        "vi": "{verdict}, hạn {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
    }
)
_BEFORE: ByLanguage = MappingProxyType({"en": "{left} before it is ", "vi": "còn {left} đến "})
_EVERY: ByLanguage = MappingProxyType({"en": "all", "vi": "tất cả"})
"""A consent that names no channel is for every one."""
_REFUSED: ByLanguage = MappingProxyType({"en": "refused", "vi": "bị từ chối"})


class FieldText(str):
    """A field as a template takes it: ``{field:yes|no}`` is one of two texts where the field is a flag."""

    __slots__ = ("flag",)
    flag: bool | None

    def __new__(cls, text: str, flag: bool | None = None) -> Self:
        self = super().__new__(cls, text)
        self.flag = flag
        return self

    def __format__(self, spec: str) -> str:
        yes, divided, no = spec.partition("|")
        if divided and self.flag is not None:
            return yes if self.flag else no
        return str(self)


class WrittenFields(NamedTuple):
    """How the fields of a topic are written in a language. Any value has a form, those of erased fields too."""

    topic: str
    language: Language
    zone: TimeZone | None
    currency: Any
    names: Mapping[str, str]

    def form(self, field: str, value: Any) -> FieldText:
        return FieldText(self.value(field, value), value if isinstance(value, bool) else None)

    def value(self, field: str, value: Any) -> str:
        if isinstance(value, str):
            return self.text(field, value)
        form = _IN_UNITS.get(field) or _OF_TYPES.get(type_of(self.topic, field))
        if form is not None:
            return form(self, value)
        if isinstance(value, list):
            nothing = _EVERY[self.language] if field == "channels" else word(None, self.language)
            return ", ".join(self.value(field, each) for each in value) or nothing
        return self.other(value)

    def other(self, value: Any) -> str:
        """What is no text and no list."""
        if value is None or isinstance(value, bool):
            return word(value, self.language)
        if isinstance(value, dict) and not any(isinstance(each, list | dict) for each in value.values()):
            return self.details(value)
        return json.dumps(value, ensure_ascii=False)

    def text(self, field: str, value: str) -> str:
        """An instant in the zone, a day, what people call an id, a code in words; any other text as it is."""
        form = _OF_TEXTS.get(type_of(self.topic, field))
        if form is not None:
            return form(self, value)
        if names_a_stream(self.topic, field):
            return self.names.get(value, value)
        vocabulary = vocabulary_of(self.topic, field)
        return value if vocabulary is None else word_of(vocabulary, value, self.language)

    def instant(self, value: str) -> str:
        """An instant in the zone; a text that is none, such as that of an erased field, as it is."""
        if self.zone is None:
            return value
        try:
            return readable.minute(datetime.fromisoformat(value).astimezone(self.zone), self.language)
        except ValueError:
            return value

    def day(self, value: str) -> str:
        """A day of the calendar; a text that is none, such as that of an erased field, as it is."""
        try:
            return readable.day(date.fromisoformat(value), self.language)
        except ValueError:
            return value

    def plain(self, value: Any) -> str:
        """A text that people have written, or nothing."""
        return value if isinstance(value, str) else self.other(value)

    def changes(self, changes: Mapping[str, Any]) -> str:
        return "; ".join(
            f"{name}: {self.plain(change['old'])} → {self.plain(change['new'])}" for name, change in changes.items()
        )

    def result(self, result: Mapping[str, Any] | None) -> str:
        if not result:
            return word(None, self.language)
        words = {
            "verdict": word_of("result", result["verdict"], self.language),
            "due_at": word(None, self.language) if result["due_at"] is None else self.instant(result["due_at"]),
        }
        return _RESULT[self.language].format_map({**result, **words})

    def items(self, items: Sequence[Mapping[str, Any]] | None) -> str:
        return ", ".join(f"{item['quantity']} x {item['name']}" for item in items or ()) or word(None, self.language)

    def outcomes(self, outcomes: Sequence[Mapping[str, Any]] | None) -> str:
        return "; ".join(map(self._outcome, outcomes or ())) or word(None, self.language)

    def details(self, details: Mapping[str, str] | None) -> str:
        """Details by their names; those that procedures ask for have names in words."""
        of_a_case = self.topic.startswith("procedure.")
        named = (
            f"{word_of('detail of a case', name, self.language) if of_a_case else name}: {detail}"
            for name, detail in (details or {}).items()
        )
        return "; ".join(named) or word(None, self.language)

    def amount(self, amount: Any) -> str:
        """Minor units of the currency of the event; a number of an event that names none."""
        if isinstance(self.currency, str) and isinstance(amount, int):
            return readable.amount_text(amount, self.currency, self.language)
        return self.number(amount)

    def number(self, value: Any) -> str:
        if not _is_number(value):
            return self.other(value)
        return readable.exact(value, self.language)

    def duration(self, seconds: Any) -> str:
        if not _is_number(seconds):
            return self.other(seconds)
        return readable.exact_duration(seconds, self.language)

    def percentage(self, ratio: Any) -> str:
        return readable.exact_percentage(ratio, self.language) if _is_number(ratio) else self.other(ratio)

    def before(self, left: Any) -> str:
        return "" if left is None else _BEFORE[self.language].format(left=self.duration(left))

    def how_many(self, many: Any) -> str:
        """How many there are of a long list."""
        return readable.number(len(many), self.language) if isinstance(many, list | dict) else self.other(many)

    def streams(self, streams: Mapping[str, int] | None) -> str:
        """How many streams of each kind."""
        kinds = (f"{word_of('stream kind', kind, self.language)}: {number}" for kind, number in (streams or {}).items())
        return "; ".join(kinds) or word(None, self.language)

    def routing(self, routing: Mapping[str, Any] | None) -> str:
        return routing_text(routing, self.language)

    def name(self, named: Mapping[str, Any] | None) -> str:
        return str(named["name"]) if named else word(None, self.language)

    def _outcome(self, outcome: Mapping[str, Any]) -> str:
        command, refused = word_of("effect", outcome["command"], self.language), outcome["refused"]
        if refused is None:
            return command
        return f"{command} ({_REFUSED[self.language]}: {refusal_words(refused, self.language)})"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_OF_TEXTS: Mapping[Any, Callable[[WrittenFields, str], str]] = MappingProxyType(
    {
        datetime: WrittenFields.instant,
        AwareDatetime: WrittenFields.instant,
        date: WrittenFields.day,
    }
)
"""How a text is written, by the type of its field."""
_OF_TYPES: Mapping[Any, Callable[[WrittenFields, Any], str]] = MappingProxyType(
    {
        float: WrittenFields.number,
        dict[str, Change]: WrittenFields.changes,
        dict[str, int]: WrittenFields.streams,
        SlaResult: WrittenFields.result,
        PurchasedItem: WrittenFields.items,
        Outcome: WrittenFields.outcomes,
        RoutingChoice: WrittenFields.routing,
        Policy: WrittenFields.name,
        CalendarDefinition: WrittenFields.name,
    }
)
"""How any other value is written, by the type of its field."""
_IN_UNITS: Mapping[str, Callable[[WrittenFields, Any], str]] = MappingProxyType(
    {
        "total": WrittenFields.amount,
        "value": WrittenFields.amount,
        "size": WrittenFields.number,
        "position": WrittenFields.number,
        "seconds": WrittenFields.duration,
        "back_dating_seconds": WrittenFields.duration,
        "before": WrittenFields.before,
        "fraction": WrittenFields.percentage,
        "fingerprints": WrittenFields.how_many,
        "readable": WrittenFields.how_many,
    }
)
"""How a number or a collection is written whose type does not say what it counts, by its field."""
