"""Which entries hold a text: in SQL whether one may hold it, in Python whether it does."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from unicodedata import category

from domain.text_folding import fold_code
from projections.scope.recorded_values import values_of
from projections.search.words import search_form

_MOST_LETTERS = 40
"""Letters of a text that the pattern has: the server refuses very long patterns."""
_LATIN = (*range(0x41, 0x250), *range(0x1E00, 0x1F00))
_ACCENTS = "[\u0300-\u036f]*"
_SPACE = r"(?:\s|\\[nrt])+"


def pattern_of(text: str) -> str:
    """A regular expression that finds every stored JSON with the text, and sometimes others.

    A letter stands for itself with any accent, a space for any space. What JSON escapes stands escaped.
    """
    return "".join(map(_part, fold_code(text)[:_MOST_LETTERS]))


def _part(letter: str) -> str:
    if letter == " ":
        return _SPACE
    base = search_form(letter)
    if base in _spellings():
        return f"[{_spellings()[base]}]{_ACCENTS}"
    return re.escape(json.dumps(letter, ensure_ascii=False)[1:-1])


@cache
def _spellings() -> Mapping[str, str]:
    """The Latin letters that have the same search form, by that form."""
    spellings: dict[str, str] = defaultdict(str)
    for letter in map(chr, _LATIN):
        if category(letter).startswith("L"):
            spellings[search_form(letter)] += letter
    return MappingProxyType({base: letters for base, letters in spellings.items() if len(base) == 1})


class TextSearch:
    """Looks for a text in recorded values, and counts the ``characters`` that it has looked at."""

    def __init__(self, text: str) -> None:
        self._wanted = search_form(text)
        self.characters = 0

    def finds(self, *recorded: Any) -> bool:
        """Whether a value of some JSON holds the text, without regard to case and accents; names of fields do not."""
        for value in values_of(recorded):
            form = search_form(value)
            self.characters += len(form)
            if self._wanted in form:
                return True
        return False
