"""A form as a page shows it: where it goes, what stands in its fields, and what is wrong with them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from api.http.problems import malformed
from api.refusal_words import rule_in
from api.screen.actions.action import Action
from api.screen.actions.fields import FormField, as_typed
from api.screen.visit import Visit
from api.screen.words import WORDS, word
from api.whole_numbers import whole_number
from domain.errors import message_of
from domain.ids import new_id_text
from domain.readable import Language

TOKEN, VERSION, COMMAND_ID, BACK = "token", "expected_version", "command_id", "back"
"""The hidden fields of every form."""
WHOLE = ""
"""Stands for the form where an error is of no single field."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_DETAIL = "details."
_MOST_DIGITS = 9
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an action. ``typed`` and ``errors`` are by the name of the field.

    ``version`` is that of the stream which the page has shown; None accepts any. The command gets ``command_id``, so a
    form that is sent twice has one effect. ``lists`` are the words to choose from, by field.
    """

    action: Action
    address: str
    back: str
    token: str
    version: int | None = None
    command_id: str = field(default_factory=new_id_text)
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    details: Sequence[FormField] = ()

    @property
    def name(self) -> str:
        """What the form is called on its page."""
        parts = (self.address, *(self.typed.get(name, "") for name in sorted(self.action.given)))
        return "-".join(_NOT_PLAIN.sub("-", part).strip("-") for part in parts if part)

    def id_of(self, name: str) -> str:
        """The id of a field on the page."""
        return f"{self.name}-{_NOT_PLAIN.sub('-', name)}"

    @property
    def is_about_something(self) -> bool:
        """Whether the page has filled in what the command needs of it."""
        needed = (each.name for each in self.every_field if each.is_required and each.name in self.action.given)
        return all(self.typed.get(name) for name in needed)

    def shows(self, name: str) -> bool:
        """Whether people see the field."""
        return any(each.name == name for each in self.fields)

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The fields that people fill in."""
        return tuple(each for each in self.every_field if each.name not in self.action.given)

    @property
    def every_field(self) -> tuple[FormField, ...]:
        """The fields of the action, those that the page fills in among them, and the details that it asks for."""
        return (*self.action.form_fields, *self.details)

    @property
    def hidden(self) -> Mapping[str, str]:
        """What stands in the fields that people do not see."""
        own = {TOKEN: self.token, COMMAND_ID: self.command_id, BACK: self.back}
        if self.version is not None:
            own[VERSION] = str(self.version)
        return own | {name: self.typed.get(name, "") for name in sorted(self.action.given)}


def form_of(
    visit: Visit,
    action: Action,
    path: Mapping[str, object],
    *,
    version: int | None = None,
    back: str | None = None,
    lists: Mapping[str, Sequence[str]] = _NOTHING,
    details: Sequence[str] = (),
    **values: Any,
) -> Form:
    """The form of an action for a page of a visit; ``path`` holds the parameters of its address.

    ``values`` stand in the fields. ``details`` are names that the command's ``details`` ask for.
    """
    form = Form(
        action=action,
        address=action.path.format(**path),
        back=back or visit.with_query(),
        token=visit.form_token,
        version=version,
        lists=lists,
        details=details_named(details),
    )
    kinds = {each.name: each.kind for each in form.every_field}
    return replace(form, typed={name: as_typed(kinds[name], value, visit.zone) for name, value in values.items()})


def version_in(text: str | None) -> int | None:
    """The version that a form or an address names; None without one. Raises Problem (malformed)."""
    if not text:
        return None
    version = whole_number(text, _MOST_DIGITS)
    if version is None:
        raise malformed([{"loc": (VERSION,), "msg": f"a whole number of at most {_MOST_DIGITS} digits"}])
    return version


def details_named(names: Iterable[str]) -> tuple[FormField, ...]:
    """A line for each detail that a command asks for."""
    return tuple(FormField(_DETAIL + name) for name in names)


def details_in(typed: Mapping[str, str]) -> tuple[FormField, ...]:
    """The same from the fields that were sent."""
    return details_named(name.removeprefix(_DETAIL) for name in typed if name.startswith(_DETAIL))


def errors_in(error: ValidationError, fields: Sequence[FormField], language: Language) -> dict[str, str]:
    """What is wrong with each field, in the language of the visitor; WHOLE for what is of none of them."""
    kinds = {each.name: each.kind for each in fields}
    errors: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        parts = [str(part) for part in each["loc"] if part != "[key]"]
        name = next((known for known in (".".join(parts), *parts[:1]) if known in kinds), WHOLE)
        errors.setdefault(name, _message(each, kinds.get(name), language))
    return errors


def _message(error: Mapping[str, Any], kind: str | None, language: Language) -> str:
    key = f"actions.error.{error['type']}"
    if kind in {"instant", "day"} and error["type"] != "missing":
        key = f"actions.error.{kind}"
    if key in WORDS:
        return word(key, language, **error.get("ctx", {}))
    return rule_in(None, message_of(error), language)
