"""Translates names of months and halves of the day from the languages of CLDR to English for ``strptime``."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError

from domain.text_folding import fold_code

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORTEST_PREFIX = 3
_FORMS = ("format", "stand-alone")
_WIDTHS = ("wide", "abbreviated")


class _Names(NamedTuple):
    """``months``: number by folded name; ``pattern`` matches any of them; ``halves``: a pattern for AM and for PM."""

    months: dict[str, int]
    pattern: re.Pattern[str]
    halves: tuple[tuple[re.Pattern[str], str], ...]


def check_language(language: str) -> str:
    """The language if CLDR has it. Raises ValueError."""
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError("no language of CLDR has this code; write one like vi, es or pt_BR") from error
    return language


def in_english(written: str, language: str) -> str:
    """The text with names of months (whole, short, or unambiguous beginnings), AM and PM in English."""
    names = _names(language)

    def month(match: re.Match[str]) -> str:
        number = _number(names.months, fold_code(match[1]))
        return match[0] if number is None else MONTHS[number - 1]

    text = names.pattern.sub(month, written)
    for pattern, half in names.halves:
        text = pattern.sub(half, text)
    return text


def _number(months: dict[str, int], word: str) -> int | None:
    if word in months:
        return months[word]
    if len(word) < SHORTEST_PREFIX:
        return None
    numbers = {number for name, number in months.items() if name.startswith(word)}
    return numbers.pop() if len(numbers) == 1 else None


@lru_cache
def _names(language: str) -> _Names:
    locale = Locale.parse(language)
    months = {
        fold_code(name).rstrip("."): number
        for form in _FORMS
        for width in _WIDTHS
        for number, name in locale.months[form][width].items()
    }
    several = sorted((name for name in months if not name.isalpha()), key=len, reverse=True)
    pattern = re.compile(
        rf"(?<!\w)({''.join(f'{re.escape(name)}|' for name in several)}[^\W\d_]+)(?!\w)\.?", re.IGNORECASE
    )
    halves = tuple((_spaced(_half_names(locale, half)), half.upper()) for half in ("am", "pm"))
    return _Names(months, pattern, halves)


def _half_names(locale: Locale, half: str) -> set[str]:
    return {
        name
        for form in _FORMS
        for width in _WIDTHS
        if (name := locale.day_periods.get(form, {}).get(width, {}).get(half))
    }


def _spaced(names: Iterable[str]) -> re.Pattern[str]:
    """The pattern of names with or without dots and blanks between their letters."""
    letters = sorted({re.sub(r"[.\s]", "", name) for name in names}, key=len, reverse=True)
    words = "|".join(r"\.?\s?".join(map(re.escape, word)) for word in letters)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)\.?", re.IGNORECASE)
