"""The order of names by the Vietnamese alphabet.

Names are compared word by word: first the letters (a ă â b c d đ e ê ... u ư v), then the tone of the word in the order
of Hoàng Phê's dictionary and of Unicode's CLDR (none, huyền, hỏi, ngã, sắc, nặng). Case and the place of the tone mark
decide last.
"""

from unicodedata import combining, normalize

from domain.text_folding import fold_name

_LETTERS = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {mark: rank for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", 1)}
_SHAPES = frozenset("\u0302\u0306\u031b")
"""The marks that make another letter: those of ô, ă and ơ."""
_OTHER_SIGNS, _VIETNAMESE, _OTHER_LETTERS = range(3)

SortedWord = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]


def vietnamese_key(name: str | None) -> tuple[bool, tuple[SortedWord, ...], str]:
    """The sort key of a name; no name comes last. Digits and signs come before letters, other scripts behind them."""
    written = fold_name(name or "")
    return name is None, tuple(map(_word, written.casefold().split())), written


def _word(word: str) -> SortedWord:
    """The ranks of the letters of a word, and its tones: a Vietnamese word has one, or none."""
    letters: list[str] = []
    tones: list[int] = []
    for sign in normalize("NFD", word):
        if sign in _TONES:
            tones.append(_TONES[sign])
        elif sign in _SHAPES and letters:
            letters[-1] = normalize("NFC", letters[-1] + sign)
        elif not combining(sign):
            letters.append(sign)
    return tuple(map(_rank, letters)), tuple(tones)


def _rank(letter: str) -> tuple[int, int]:
    if letter in _LETTERS:
        return _VIETNAMESE, _LETTERS[letter]
    plain = normalize("NFD", letter)[0]
    if plain in _LETTERS:
        return _VIETNAMESE, _LETTERS[plain]
    return (_OTHER_LETTERS if letter.isalpha() else _OTHER_SIGNS), ord(plain)
