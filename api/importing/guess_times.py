"""The formats and the language of the times in a column, found by trials."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from api.importing.times import TimeReader

LANGUAGES = (None, "vi", "es", "pt", "fr", "de", "ru", "it", "pl", "nl")
_DATES = {
    "iso": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    "day": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
    "month": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y"),
    "named": ("%d/%b/%y", "%d/%b/%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %b, %Y", "%d. %b %Y", "%b %d, %Y",
              "%d de %b de %Y", "%d %b. %Y"),
}  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p", "T%H:%M:%S", " %Hh%M",
          " à %Hh%M", " à %H:%M", " às %H:%M", " %H:%M Uhr", " lúc %H:%M")  # fmt: skip
_FORMS = ("iso", *(date + time for group in ("day", "month", "iso") for date in _DATES[group] for time in _TIMES))
_NAMED = tuple(date + time for date in _DATES["named"] for time in _TIMES)
_HOUR = re.compile(r"\d{1,2}[:h]\d\d(:\d\d)?(\s*[\w. ]{2,6})?")
MOST_FORMATS = 3
TRIED = 300
"""The most different texts of a column that are tried."""


class TimeGuess(NamedTuple):
    """``formats`` together fit all of a column. ``ambiguous``: day and month may be swapped; in the tried languages
    other than English the day comes first.
    """

    formats: tuple[str, ...]
    language: str | None
    ambiguous: bool

    @property
    def has_hours(self) -> bool:
        """Whether a format has hours."""
        return any(form == "iso" or "%H" in form or "%I" in form for form in self.formats)


def guess_times(written: Sequence[str]) -> TimeGuess | None:
    """None for a column that does not hold times."""
    texts = list(dict.fromkeys(written))[:TRIED]
    if not texts or not all(any(map(str.isdigit, text)) for text in texts):
        return None
    if all(re.fullmatch(r"1[0-9]{9}|1[0-9]{12}", text) for text in texts):
        return TimeGuess(("epoch" if len(texts[0]) == 10 else "epoch_ms",), None, ambiguous=False)  # noqa: PLR2004 -- digits
    if all(text.isdigit() for text in texts):
        return None
    with_letters = any(map(str.isalpha, "".join(texts)))
    for language in LANGUAGES:
        if (language is None or with_letters) and (formats := _cover(texts, language)):
            swapped = tuple(_swapped(form) for form in formats)
            either = language is None and swapped != formats and all(_fits(text, swapped, language) for text in texts)
            return TimeGuess(formats, language, ambiguous=either)
    return None


def is_hour(written: Sequence[str]) -> bool:
    """Whether a column holds times of the day alone."""
    return bool(written) and all(_HOUR.fullmatch(text) for text in written)


def month_first(guess: TimeGuess) -> TimeGuess:
    """An ambiguous guess with day and month swapped."""
    return guess._replace(formats=tuple(map(_swapped, guess.formats)))


def _cover(texts: Sequence[str], language: str | None) -> tuple[str, ...]:
    """At most MOST_FORMATS formats that together fit every text, the most frequent first; else none."""
    left = list(texts)
    chosen: list[str] = []
    forms = _FORMS if language is None else ()
    every = (*forms, *_NAMED, *(_FORMS if language else ()))
    if not any(_fits(left[0], (form,), language) for form in every):
        return ()
    while left and len(chosen) < MOST_FORMATS:
        best, count = "", 0
        for form in every:
            fitting = sum(_fits(text, (form,), language) for text in left)
            if fitting > count:
                best, count = form, fitting
                if count == len(left):
                    break
        if not count:
            return ()
        chosen.append(best)
        left = [text for text in left if not _fits(text, (best,), language)]
    return () if left else tuple(chosen)


def _fits(text: str, formats: tuple[str, ...], language: str | None) -> bool:
    reader = _reader(formats, language)
    try:
        year = reader.read(text).first.year
    except ValueError:
        return False
    return 1980 < year < 2100  # noqa: PLR2004 -- no ticket is older, and "%y" fits many a number


@lru_cache(None)
def _reader(formats: tuple[str, ...], language: str | None) -> TimeReader:
    return TimeReader(list(formats), language, "UTC")


def _swapped(form: str) -> str:
    """The format with day and month swapped."""
    return re.sub("%([dm])([/.-])%([dm])", r"%\3\2%\1", form)
