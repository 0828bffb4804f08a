"""The folded form of names and codes, in which commands, imports, policies, filters and look-ups compare them.

A text is stored and shown as it was written; only comparisons use the folded form.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Literal
from unicodedata import category, combining, is_normalized, normalize

LONGEST_KEPT = 200
"""Characters of the texts whose folded form is kept: those of names and codes."""
MOST_MARKS = 30
"""Marks of a letter that count in a longer text, as in the stream-safe format of Unicode (UAX 15)."""

# Hyphens and dashes that NFKC keeps become "-"; characters without width go.
_LOOK_ALIKES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-") | dict.fromkeys(
    map(ord, "\u00ad\u200b\u2060\ufeff")
)
_LOOK_ALIKE = re.compile(f"[{''.join(map(chr, _LOOK_ALIKES))}]")


def fold_name(text: str) -> str:
    """The comparison form of a name (person, team, category, channel): NFKC, single spaces, plain hyphens."""
    return _kept_name(text) if len(text) <= LONGEST_KEPT else _folded_name(text)


def fold_code(text: str) -> str:
    """The comparison form of a handle, header, state or code: that of a name, without case."""
    return _kept_code(text) if len(text) <= LONGEST_KEPT else _folded_code(text)


def _folded_name(text: str) -> str:
    if not text.isascii():
        text = with_few_marks(text)
        if not is_normalized("NFKC", text):
            text = normalize("NFKC", text)
        if _LOOK_ALIKE.search(text):
            text = normalized("NFKC", text.translate(_LOOK_ALIKES))  # what went may have stood between marks
    return " ".join(text.split())


def _folded_code(text: str) -> str:
    return fold_name(fold_name(text).casefold())


_kept_name, _kept_code = lru_cache(4_096)(_folded_name), lru_cache(4_096)(_folded_code)


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """A normal form of a text of any length; its letters keep MOST_MARKS marks."""
    return normalize(form, with_few_marks(text))


def with_few_marks(text: str) -> str:
    """The text; a long one without the marks of a letter beyond MOST_MARKS.

    A normal form puts the marks of a letter in order in a time that grows with the square of their number: 20,000 of
    them take two seconds, in which no other thread runs.
    """
    if len(text) <= LONGEST_KEPT or _marks().isdisjoint(text[MOST_MARKS :: MOST_MARKS + 1]):
        return text
    return _many_marks().sub(r"\1", text)


@cache
def _marks() -> frozenset[str]:
    """The characters that a normal form puts in order, or takes apart into such characters alone."""
    return frozenset(sign for sign in map(chr, range(0x300, 0x20000)) if combining(normalize("NFKD", sign)[0]))


@cache
def _many_marks() -> re.Pattern[str]:
    marks = "".join(sorted(_marks()))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def without_marks(text: str) -> str:
    """The text without the characters that only direct or join what stands beside them."""
    return text if text.isascii() else "".join(sign for sign in text if category(sign) != "Cf")


def same_name(first: str | None, second: str | None) -> bool:
    """Whether two names are the same word. None equals None alone."""
    if first is None or second is None:
        return first is second
    return first == second or fold_name(first) == fold_name(second)


def as_known(name: str, known: Collection[str]) -> str:
    """The spelling in which a name is known already; a new name as it is."""
    folded = fold_name(name)
    for same in (name, folded):
        if same in known:
            return same
    return next((other for other in known if not _is_plain(other) and fold_name(other) == folded), name)


def _is_plain(name: str) -> bool:
    """Whether the text is its own folded form; far faster than folding it."""
    return name.isascii() and name.isprintable() and "  " not in name and name == name.strip()
