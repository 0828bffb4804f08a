"""Renders a template: the values of its placeholders in their places, and the hash that proves the text."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from domain.readable import Language
from domain.template.definition import Template
from domain.template.placeholders import filled

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class MissingValues(ValueError):  # noqa: N818 -- names what is wrong
    """Placeholders have no value; ``names`` are theirs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"no value is given for {', '.join(names)}")
        self.names = names


class RenderedText(NamedTuple):
    subject: str
    body: str

    @property
    def text_hash(self) -> str:
        """The SHA-256 of subject and body, as 64 hexadecimal digits."""
        return sha256(f"{self.subject}\n\n{self.body}".encode()).hexdigest()


def rendered(template: Template, language: Language, data: Mapping[str, str]) -> RenderedText:
    """The text of a template in a language. The subject stays one line whatever the values hold.

    Raises MissingValues.
    """
    if missing := sorted(template.placeholders(language) - data.keys()):
        raise MissingValues(missing)
    text = template.text_in(language)
    return RenderedText(_CONTROL.sub(" ", filled(text.subject, data)).strip(), filled(text.body, data))
