"""The templates that a definition or a request names, and whether they fit it."""

from collections.abc import Collection
from typing import NamedTuple

from domain.notification.commands import Purpose
from domain.readable import Language
from domain.refusal import Refusal
from domain.template.definition import Template

BOTH: tuple[Language, ...] = ("vi", "en")


class NeededText(NamedTuple):
    """``purpose`` None: any. ``given`` are the placeholders that have a value; None: that is known later."""

    template: str
    purpose: Purpose | None = None
    given: frozenset[str] | None = None


def must_fit(needed: NeededText, template: Template | None, state: str, languages: Collection[Language] = BOTH) -> None:
    """Raises Refusal when the template is unknown, has another purpose, or has a placeholder without a value."""
    name = needed.template
    if template is None:
        raise Refusal("template_unknown", f"there is no such version of the template {name}; publish it first", state)
    if needed.purpose not in {None, template.purpose}:
        rule = f"the template {name} is for the purpose {template.purpose}; choose that or another template"
        raise Refusal("purpose_differs", rule, state)
    placeholders = frozenset[str]().union(*map(template.placeholders, languages))
    if needed.given is not None and (missing := sorted(placeholders - needed.given)):
        rule = f"the template {name} needs a value for {', '.join(missing)}: give it in `data`"
        raise Refusal("placeholder_missing", rule, state)
