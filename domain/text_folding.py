"""The folded form of names and codes, in which commands, imports, policies, filters and look-ups compare them.

A text is stored and shown as it was written; only comparisons use the folded form.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from unicodedata import category, is_normalized, normalize

# Hyphens and dashes that NFKC keeps become "-"; characters without width go.
_LOOK_ALIKES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-") | dict.fromkeys(
    map(ord, "\u00ad\u200b\u2060\ufeff")
)
_LOOK_ALIKE = re.compile(f"[{''.join(map(chr, _LOOK_ALIKES))}]")


@lru_cache(4_096)
def fold_name(text: str) -> str:
    """The comparison form of a name (person, team, category, channel): NFKC, single spaces, plain hyphens."""
    if not text.isascii():
        if not is_normalized("NFKC", text):
            text = normalize("NFKC", text)
        if _LOOK_ALIKE.search(text):
            text = normalize("NFKC", text.translate(_LOOK_ALIKES))
    return " ".join(text.split())


@lru_cache(4_096)
def fold_code(text: str) -> str:
    """The comparison form of a handle, header, state or code: that of a name, without case."""
    return fold_name(fold_name(text).casefold())


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
