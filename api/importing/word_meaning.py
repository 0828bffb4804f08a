"""What a word of an export means, when the known words hold it or a part of it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from domain.text_folding import fold_code
from projections.search.words import search_form, words_of

_NEGATIONS = frozenset({"not", "no", "non", "chua", "khong", "nicht", "nao", "pas", "sin", "ne", "не"})
_WORD_BEGINS = re.compile("(?<=[a-z])(?=[A-Z][a-z])")
"""Between the words of a name in camel case."""
_SHORTEST = 3
"""A shorter word is no part of another one, unless it holds a digit, as P1 does."""


class Meaning(NamedTuple):
    """The key of a word, and the ``known`` word that shows it.

    ``doubt`` says why the meaning is not sure; it is empty when it is.
    """

    key: str
    known: str
    doubt: str = ""


class KnownWords:
    """Words by their key. The words of a key are separated by bars and lines."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._keys: dict[str, str] = {}
        self._plain: dict[str, tuple[str, str]] = {}
        for key, listed in words.items():
            for word in filter(None, map(str.strip, listed.replace("\n", "|").split("|"))):
                self._keys.setdefault(fold_code(word), key)
                self._plain.setdefault(_plain(word), (key, word))

    def __contains__(self, word: str) -> bool:
        return self.key(word) is not None

    def key(self, word: str) -> str | None:
        """The key of a word in any spelling: in_progress and In progress, Khan cap and Khẩn cấp."""
        if key := self._keys.get(fold_code(word)):
            return key
        key, _ = self._plain.get(_plain(word), (None, ""))
        return key

    def beginning_of(self, word: str, shortest: int) -> Meaning | None:
        """The meaning of a known word of at least ``shortest`` letters that a word begins with."""
        plain = _plain(word)
        begin = (known for known in self._plain if len(known) >= shortest and plain.startswith(known))
        return next((Meaning(*self._plain[known]) for known in begin), None)

    def meaning(self, word: str) -> Meaning | None:
        """What a word means, by itself or by the longest known word in it. A negated word means nothing known."""
        if key := self.key(word):
            return Meaning(key, word, "a number: the scale may run the other way" if word.isdecimal() else "")
        if not _NEGATIONS.isdisjoint(words_of(word)):
            return None
        return self.part(word)

    def part(self, word: str) -> Meaning | None:
        """The meaning of the longest known word all of whose parts a word has, in any order."""
        parts = set(words_of(word))
        held = (known for known in self._plain if _tells(known) and parts.issuperset(known.split()))
        known = max(held, key=len, default=None)
        if known is None:
            return None
        key, listed = self._plain[known]
        return Meaning(key, listed, f"read as {listed!r}")


def _plain(word: str) -> str:
    """A word without case, accents and signs between words, firstReply as two; only signs stay as they are."""
    return " ".join(words_of(_WORD_BEGINS.sub(" ", word))) or search_form(word)


def _tells(part: str) -> bool:
    return not part.isdecimal() and (len(part) >= _SHORTEST or any(map(str.isdigit, part)))
