"""What an audit entry says, in a sentence for people: derived from the recorded facts, never written by hand."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Self

from domain import readable
from domain.money_text import amount_text
from domain.readable import Language
from domain.zones import TimeZone
from projections.audit.routing_text import routing_text
from projections.audit.template_parts import parts_of
from projections.audit.templates import TEMPLATES
from projections.audit.words import in_language, word, word_of

_CODED = frozenset(
    {
        "kind", "polarity", "of", "trust", "why", "what", "to_kind", "subject_kind", "actor_kind",
    }
)  # fmt: skip
"""Fields that hold codes of ours and are translated; every other text stays as it was written."""
_VOCABULARIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("definition.published", "kind"): "definition kind",
        ("procedure.step_opened", "kind"): "step kind",
        ("procedure.step_opened", "role"): "role",
        ("task.opened", "source"): "source",
        ("ticket.resolved", "code"): "resolution code",
        ("erasure.requested", "law"): "law",
        ("erasure.requested", "through"): "channel",
        ("file.scanned", "verdict"): "verdict of a scan",
        ("customer.match_proposed", "alike"): "alike",
        ("customer.match_proposed", "because"): "alike",
        ("automation.shadowed", "commands"): "effect",
    }
)
"""Fields of single topics that hold codes with words of their own."""
_BY_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "channel": "channel",
        "channels": "channel",
        "waiting_for": "waiting_for",
        "closed_by": "closed_by",
        "cancelled_by": "cancelled_by",
        "cancelled_as": "cancelled_as",
        "target": "target",
        "party": "party",
        "method": "method",
        "purpose": "purpose",
        "about": "about",
    }
)
"""Fields of any topic with the vocabulary of their codes."""
_INSTANTS = frozenset(
    {
        "until", "due_at", "at", "expected_by", "reached_at", "ended_at", "effective_from", "retry_at", "judged_at",
        "expires_at", "not_before", "not_after",
    }
)  # fmt: skip
_DAYS = frozenset(
    {
        "warranty_until", "valid_until", "on", "day", "starts_on", "ends_on", "due_on", "first", "last",
    }
)  # fmt: skip
NAMELESS: Mapping[str, str] = MappingProxyType({})
"""For sentences in which ids stay ids."""
_RESULT: Mapping[Language, str] = MappingProxyType(
    {
        "en": "{verdict}, due at {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
        "vi": "{verdict}, hạn {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
    }
)
_BEFORE: Mapping[Language, str] = MappingProxyType({"en": "{left} before it is ", "vi": "còn {left} đến "})
_REFUSED: Mapping[Language, str] = MappingProxyType({"en": "refused", "vi": "bị từ chối"})
_NOTHING: tuple[object, ...] = (None, [], {}, "")
_ON_BEHALF_OF: Mapping[Language, str] = MappingProxyType({"en": "on behalf of", "vi": "thay mặt"})
_WITHOUT_A_TEMPLATE: Mapping[Language, str] = MappingProxyType(
    {"en": "{actor} recorded {topic}: {facts}", "vi": "{actor} ghi nhận {topic}: {facts}"}
)


class DescribedEvent(Protocol):
    """An event with its payload, as the audit history holds it."""

    @property
    def topic(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def on_behalf_of(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def sentence(
    entry: DescribedEvent,
    language: Language = "en",
    *,
    zone: TimeZone | None = None,
    brief: bool = False,
    names: Mapping[str, str] = NAMELESS,
) -> str:
    """The entry's facts in its topic's template; of a topic without one, the facts by their names.

    Instants are those of ``zone``, or as recorded, in UTC. ``brief`` leaves out the parts of a template in brackets
    whose field holds nothing. ``names`` says by id how people call customers and tickets.
    """
    written = _Written(entry.topic, language, zone, entry.facts.get("currency"), names)
    actor = _Said(_actor(entry, language, names))
    template = TEMPLATES.get(entry.topic)
    if template is None:
        facts = "; ".join(f"{name}: {written.value(name, value)}" for name, value in entry.facts.items())
        said = _WITHOUT_A_TEMPLATE[language].format_map({"actor": actor, "topic": entry.topic, "facts": facts})
        return in_language(said, language)
    parts = []
    for part in parts_of(template[language]):
        empty = [field for field in part.fields if field != "actor" and entry.facts.get(field) in _NOTHING]
        if empty and (part.optional or (brief and part.brief)):
            continue
        values = {
            field: actor if field == "actor" else written.said(field, entry.facts.get(field)) for field in part.fields
        }
        parts.append(part.text.format_map(values))
    return in_language("".join(parts), language)


def _actor(entry: DescribedEvent, language: Language, names: Mapping[str, str]) -> str:
    """An agent by name; anybody else with what they are."""
    name = names.get(entry.actor, entry.actor)
    who = name if entry.actor_kind == "agent" else f"{word(entry.actor_kind, language)} {name}"
    return f"{who} ({_ON_BEHALF_OF[language]} {entry.on_behalf_of})" if entry.on_behalf_of else who


class _Said(str):
    """A field as a template takes it: ``{field:yes|no}`` is one of two texts where the field is a flag."""

    __slots__ = ("flag",)
    flag: bool | None

    def __new__(cls, said: str, flag: bool | None = None) -> Self:
        self = super().__new__(cls, said)
        self.flag = flag
        return self

    def __format__(self, spec: str) -> str:
        yes, divided, no = spec.partition("|")
        if divided and self.flag is not None:
            return yes if self.flag else no
        return str(self)


class _Written(NamedTuple):
    """How the fields of a topic are written in a language. Any value has a form, those of erased fields too."""

    topic: str
    language: Language
    zone: TimeZone | None
    currency: Any
    names: Mapping[str, str]

    def said(self, field: str, value: Any) -> _Said:
        return _Said(self.value(field, value), value if isinstance(value, bool) else None)

    def value(self, field: str, value: Any) -> str:
        if field in _FORMS and not isinstance(value, str):
            return _FORMS[field](self, value)
        if isinstance(value, list):
            return ", ".join(self.value(field, each) for each in value) or word(None, self.language)
        if isinstance(value, str):
            return self.text(field, value)
        return self.other(value)

    def other(self, value: Any) -> str:
        """What is no text and no list."""
        if value is None or isinstance(value, bool):
            return word(value, self.language)
        if isinstance(value, dict) and not any(isinstance(each, list | dict) for each in value.values()):
            return self.details(value)
        return json.dumps(value, ensure_ascii=False)

    def text(self, field: str, value: str) -> str:
        """A code in words, an instant in the zone, a day, what people call an id; any other text as it is."""
        if field in _INSTANTS:
            return self.instant(value)
        if field in _DAYS:
            return self.day(value)
        if value in self.names:
            return self.names[value]
        if (vocabulary := _vocabulary(self.topic, field)) is not None:
            return word_of(vocabulary, value, self.language)
        return word(value, self.language) if field in _CODED else value

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

    def changes(self, changes: Mapping[str, Any] | None) -> str:
        return "; ".join(
            f"{name}: {self.value('', change['old'])} → {self.value('', change['new'])}"
            for name, change in (changes or {}).items()
        ) or word(None, self.language)

    def result(self, result: Mapping[str, Any] | None) -> str:
        if not result:
            return word(None, self.language)
        words = {
            "verdict": word_of("result", result["verdict"], self.language),
            "due_at": self.value("due_at", result["due_at"]),
        }
        return _RESULT[self.language].format_map({**result, **words})

    def items(self, items: Sequence[Mapping[str, Any]] | None) -> str:
        return ", ".join(f"{item['quantity']} x {item['name']}" for item in items or ()) or word(None, self.language)

    def outcomes(self, outcomes: Sequence[Mapping[str, Any]] | None) -> str:
        return "; ".join(map(self._outcome, outcomes or ())) or word(None, self.language)

    def details(self, details: Mapping[str, str] | None) -> str:
        return "; ".join(f"{name}: {detail}" for name, detail in (details or {}).items()) or word(None, self.language)

    def amount(self, amount: Any) -> str:
        """Minor units of the currency of the event; a number of an event that names none."""
        if isinstance(self.currency, str) and isinstance(amount, int):
            return amount_text(amount, self.currency, self.language)
        return self.number(amount)

    def number(self, value: Any) -> str:
        if not _is_number(value):
            return self.other(value)
        return readable.number(int(value) if value == int(value) else value, self.language)

    def duration(self, seconds: Any) -> str:
        return readable.duration(seconds, self.language) if _is_number(seconds) else self.other(seconds)

    def percentage(self, ratio: Any) -> str:
        return readable.percentage(ratio, self.language) if _is_number(ratio) else self.other(ratio)

    def before(self, left: int | None) -> str:
        return "" if left is None else _BEFORE[self.language].format(left=readable.duration(left, self.language))

    def how_many(self, many: Sequence[Any] | Mapping[str, Any] | None) -> str:
        """How many there are, of what nobody reads one by one."""
        return readable.number(len(many or ()), self.language)

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
        return f"{command} ({_REFUSED[self.language]}: {word(refused, self.language)})"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _vocabulary(topic: str, field: str) -> str | None:
    return _BY_FIELD.get(field) or _VOCABULARIES.get((topic, field))


_FORMS: Mapping[str, Callable[[_Written, Any], str]] = MappingProxyType(
    {
        "changes": _Written.changes,
        "was": _Written.result,
        "now": _Written.result,
        "items": _Written.items,
        "outcomes": _Written.outcomes,
        "details": _Written.details,
        "routing": _Written.routing,
        "before": _Written.before,
        "fingerprints": _Written.how_many,
        "readable": _Written.how_many,
        "streams": _Written.streams,
        "policy": _Written.name,
        "calendar": _Written.name,
        "total": _Written.amount,
        "value": _Written.amount,
        "limit": _Written.number,
        "size": _Written.number,
        "seconds": _Written.duration,
        "back_dating_seconds": _Written.duration,
        "fraction": _Written.percentage,
    }
)
"""How a field is written that is no plain value."""
