"""The form in which texts are searched: folded, without case and without accents, as words.

The folding of accents is our own: the extension ``unaccent`` is missing in many installations, and its rules differ
between them.
"""

import re
from functools import lru_cache
from unicodedata import combining

from domain.text_folding import LONGEST_KEPT, fold_code, normalized

MOST_WORDS = 12
"""Further words of a name do not begin a term."""
_LETTERS_WITH_STROKES = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe"}
)
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile("[0-9]")


def search_form(text: str) -> str:
    """The text folded, without case and accents: Nguyễn Đình Đức and nguyen dinh duc are the same."""
    return _kept_form(text) if len(text) <= LONGEST_KEPT else _search_form(text)


def _search_form(text: str) -> str:
    folded = fold_code(text)
    if folded.isascii():
        return folded
    plain = "".join(letter for letter in normalized("NFD", folded) if not combining(letter))
    return normalized("NFC", plain.translate(_LETTERS_WITH_STROKES))


_kept_form = lru_cache(4_096)(_search_form)


def words_of(text: str) -> list[str]:
    """The words of a text in their search form."""
    return _WORD.findall(search_form(text))


def rotations(words: list[str]) -> list[str]:
    """The words from each word on, followed by those before it: a search may begin at any word of a name."""
    return [" ".join((*words[begin:], *words[:begin])) for begin in range(min(len(words), MOST_WORDS))]


def digits_of(text: str) -> str:
    """The decimal digits of a text, those of other scripts included."""
    plain = text if text.isascii() else normalized("NFKC", text)
    return "".join(_DIGIT.findall(plain))
