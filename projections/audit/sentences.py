"""What an audit entry says, in a sentence for people: derived from the recorded facts, never written by hand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from domain.readable import ByLanguage, Language
from domain.zones import TimeZone
from projections.audit.template_parts import parts_of
from projections.audit.templates import TEMPLATES
from projections.audit.words import actor_words, in_language
from projections.audit.written_fields import FieldText, WrittenFields

NAMELESS: Mapping[str, str] = MappingProxyType({})
"""For sentences in which ids stay ids."""
_NOTHING: tuple[object, ...] = (None, [], {}, "")
_VERSIONS = frozenset({"definition_version", "template_version"})
_WITHOUT_A_TEMPLATE: ByLanguage = MappingProxyType(
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
    names: Mapping[str, str] = NAMELESS,
) -> str:
    """The entry's facts in its topic's template; of a topic without one, the facts by their names.

    Instants are those of ``zone``, or as recorded, in UTC. The parts of a template in brackets are left out when
    their field holds nothing. ``names`` says by id how people call customers and tickets.
    """
    written = WrittenFields(entry.topic, language, zone, entry.facts.get("currency"), names)
    actor = FieldText(_actor(entry, language, names))
    template = TEMPLATES.get(entry.topic)
    if template is None:
        facts = "; ".join(f"{name}: {written.value(name, value)}" for name, value in entry.facts.items())
        text = _WITHOUT_A_TEMPLATE[language].format_map({"actor": actor, "topic": entry.topic, "facts": facts})
        return _begun(in_language(text, language), entry)
    parts = []
    for part in parts_of(template[language]):
        empty = [field for field in part.fields if field != "actor" and _says_nothing(field, entry)]
        if empty and part.optional:
            continue
        values = {
            field: actor if field == "actor" else written.form(field, entry.facts.get(field)) for field in part.fields
        }
        parts.append(part.text.format_map(values))
    return _begun(in_language("".join(parts), language), entry)


def _begun(text: str, entry: DescribedEvent) -> str:
    """A sentence with a large first letter, unless it is that of an agent's name, which is written as it is."""
    return text if entry.actor_kind == "agent" else f"{text[:1].upper()}{text[1:]}"


def _says_nothing(field: str, entry: DescribedEvent) -> bool:
    """Whether a field holds nothing to say. Version 0 of a definition is built in, and has no number for people.

    A rule is the actor of what it does, and named so; of a procedure that did not start the actor is another one.
    """
    value = entry.facts.get(field)
    if field == "rule":
        return value in _NOTHING or entry.actor == f"rule:{value}"
    return value in _NOTHING or (field in _VERSIONS and value == 0)


def _actor(entry: DescribedEvent, language: Language, names: Mapping[str, str]) -> str:
    name = names.get(entry.actor, entry.actor)
    return actor_words(name, entry.actor_kind, language, entry.on_behalf_of)
