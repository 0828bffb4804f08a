"""Which entries hold a text: in SQL whether one may hold it, in Python whether it does."""

from collections.abc import Iterator
from typing import Any

from domain.text_folding import fold_code
from projections.search.words import search_form

_OFTEN_ACCENTED = frozenset("adeiouy")
_ANY = frozenset(' "\\')
_SPECIAL = frozenset("%_")


def pattern_of(text: str) -> str:
    """What ``ilike`` finds in every stored JSON that holds the text, and sometimes in others.

    A letter that may have an accent stands for any letter. What JSON escapes, and a space, stand for any text.
    """
    return f"%{''.join(map(_part, fold_code(text)))}%"


def _part(letter: str) -> str:
    if letter in _ANY or not letter.isprintable():
        return "%"
    if letter in _OFTEN_ACCENTED or not letter.isascii():
        return "_"
    return f"\\{letter}" if letter in _SPECIAL else letter


def holds(text: str, *recorded: Any) -> bool:
    """Whether a value of some JSON holds the text, without regard to case and accents. Names of fields do not count."""
    wanted = search_form(text)
    return any(wanted in search_form(value) for value in _values(recorded))


def _values(recorded: Any) -> Iterator[str]:
    match recorded:
        case None | bool():
            return
        case dict():
            yield from _values(list(recorded.values()))
        case list() | tuple():
            for each in recorded:
                yield from _values(each)
        case _:
            yield str(recorded)
