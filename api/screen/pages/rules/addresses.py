"""The addresses of what is configured, and the words of its kinds."""

from collections.abc import Mapping

from api.configured.versions import CALENDAR, POLICY, ConfiguredVersion
from api.screen.visit import Visitor, path_part
from domain.definitions.kind import TENANT
from domain.sla.clock.explain_text import policy_name
from domain.sla.policy.policy import Policy
from domain.text_by_language import in_language
from projections.audit.words import word_of


def rule_path(kind: str, name: str) -> str:
    """The address of a kind and name."""
    return f"/rules/{path_part(kind)}/{path_part(name)}"


def kind_in_words(kind: str, visit: Visitor) -> str:
    """A kind as people read it."""
    if kind in {POLICY, CALENDAR}:
        return word_of("stream kind", kind, visit.language)
    return word_of("definition kind", kind, visit.language)


def titled(kind: str, name: str, visit: Visitor) -> str:
    """What has that kind and name, as people read it; of a tenant's only one the kind alone."""
    words = kind_in_words(kind, visit)
    return words[:1].upper() + words[1:] if name == TENANT else f"{words[:1].upper()}{words[1:]}: {name}"


def title_in(version: ConfiguredVersion, visit: Visitor) -> str | None:
    """The title that a version gives itself in the language of the visitor; None where it gives none."""
    content = version.content
    if isinstance(content, Policy):
        return policy_name(content.name, version.version, visit.language)
    return in_language(content.get("title"), visit.language) if isinstance(content, Mapping) else None


def description_in(version: ConfiguredVersion, visit: Visitor) -> str | None:
    """What a version says it is for, in the language of the visitor; None where it says nothing."""
    content = version.content
    return in_language(content.get("description"), visit.language) if isinstance(content, Mapping) else None
