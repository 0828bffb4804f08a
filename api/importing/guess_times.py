"""The formats and the language of the times in a column, found by trials."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from api.importing.month_names import in_english
from api.importing.times import AFTERNOON, TimeReader

LANGUAGES = (None, "en", "vi", "es", "pt", "fr", "de", "ru", "it", "pl", "nl")
_DATES = {
    "iso": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"),
    "day": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
    "month": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y"),
    "named": ("%d/%b/%y", "%d/%b/%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %b, %Y", "%d. %b %Y", "%b %d, %Y",
              "%b %d %Y", "%d de %b de %Y", "%d %b. %Y", "%A, %b %d, %Y", "%a, %d %b %Y"),
}  # fmt: skip
_BEFORE_DATES = tuple(f"{time}{sign}" for time in ("%H:%M", "%H:%M:%S") for sign in (" ", ", ", " - ", " ngày "))
"""Hours that stand before the day, as in Vietnamese."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p", "T%H:%M:%S", " %Hh%M",
          " à %Hh%M", " à %H:%M", " às %H:%M", " %H:%M Uhr", " lúc %H:%M", " %I:%M%p", ", %H:%M:%S", ", %I:%M:%S %p",
          " at %I:%M %p", " at %H:%M", " @ %I:%M %p", " %H:%M:%S.%f", " %H:%M:%S %z")  # fmt: skip
_FORMS = (
    "iso",
    *(date + time for group in ("day", "month", "iso") for date in _DATES[group] for time in _TIMES),
    *(time + date for time in _BEFORE_DATES for group in ("day", "month", "iso") for date in _DATES[group]),
)
_NAMED = (*(date + time for date in _DATES["named"] for time in _TIMES), "%a %b %d %H:%M:%S %Y")
_HOUR = re.compile(r"\d{1,2}[:h]\d\d(:\d\d)?(\s*[\w. ]{2,6})?")
_OF_EXCEL = re.compile(r"[34567]\d{4}([.,]\d+)?")
"""Days as a spreadsheet counts them: from 1982 to 2119."""
_WORD = re.compile(r"\w+")
MOST_FORMATS = 3
TRIED = 300
"""The most different texts of a column that are tried."""


class TimeGuess(NamedTuple):
    """``formats`` together fit all texts of a column but ``unread``. ``ambiguous``: day and month may be swapped; in
    the tried languages other than English the day comes first.
    """

    formats: tuple[str, ...]
    language: str | None
    ambiguous: bool
    unread: tuple[str, ...] = ()


def guess_times(written: Sequence[str]) -> TimeGuess | None:
    """None for a column that does not hold times. A few texts may be no times, such as 31/02/2026."""
    texts = list(dict.fromkeys(written))[:TRIED]
    with_digits = sum(any(map(str.isdigit, text)) for text in texts)
    if not texts or len(texts) - with_digits > _most_unread(texts):
        return None
    if all(re.fullmatch(r"1[0-9]{9}|1[0-9]{12}", text) for text in texts):
        return TimeGuess(("epoch" if len(texts[0]) == 10 else "epoch_ms",), None, ambiguous=False)  # noqa: PLR2004 -- digits
    if all(text.isdigit() for text in texts):
        return None
    if all(map(_OF_EXCEL.fullmatch, texts)):
        return TimeGuess(("excel",), None, ambiguous=False)
    with_letters = any(map(str.isalpha, "".join(texts)))
    languages = LANGUAGES if with_letters else (None,)
    for most_unread in dict.fromkeys((0, _most_unread(texts))):
        for language in languages:
            if (cover := _cover(texts, language, most_unread)) is not None:
                formats, unread = cover
                swapped = tuple(map(_swapped, formats))
                read = [text for text in texts if text not in unread]
                either = language is None and swapped != formats and all(_fits(text, swapped, None) for text in read)
                return TimeGuess(formats, language, either, unread)
    return None


def _most_unread(texts: Sequence[str]) -> int:
    """How many different texts of a column of times may be no times: a twentieth, or one of at least four."""
    return max(len(texts) // 20, int(len(texts) >= 4))  # noqa: PLR2004 -- of three texts two are not nearly all


def is_hour(written: Sequence[str]) -> bool:
    """Whether a column holds times of the day alone."""
    others = sum(not _HOUR.fullmatch(text) for text in written)
    return bool(written) and others <= _most_unread(written)


def is_day(written: Sequence[str]) -> bool:
    """Whether a column of times holds days alone."""
    return not any(_HOUR.search(text) or text.isdigit() for text in written)


def month_first(guess: TimeGuess) -> TimeGuess:
    """An ambiguous guess with day and month swapped."""
    return guess._replace(formats=tuple(map(_swapped, guess.formats)))


def days_spanned(written: Sequence[str], guess: TimeGuess) -> float:
    """The days between the first and the last of the texts that a guess reads."""
    read = [at.timestamp() for text in written if (at := _read(text, guess.formats, guess.language)) is not None]
    return (max(read) - min(read)) / 86_400 if read else 0


def _cover(
    texts: Sequence[str], language: str | None, most_unread: int
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """At most MOST_FORMATS formats, the most frequent first, and the texts that none fits; None if those are more."""
    left = list(texts)
    chosen: list[str] = []
    forms = _FORMS if language is None else ()
    shapes = {_shape(as_read) for text in texts for as_read in (text, in_english(text, language or "en"))}
    every = [
        form
        for form in (*forms, *_NAMED, *(_FORMS if language else ()))
        if form == "iso" or _shape_of_format(form) in shapes
    ]
    if not any(_fits(text, (form,), language) for text in left[: most_unread + 1] for form in every):
        return None
    while left and len(chosen) < MOST_FORMATS:
        best, count = "", 0
        for form in every:
            fitting = sum(_fits(text, (form,), language) for text in left)
            if fitting > count:
                best, count = form, fitting
                if count == len(left):
                    break
        if not count:
            break
        chosen.append(best)
        left = [text for text in left if not _fits(text, (best,), language)]
    return (tuple(chosen), tuple(left)) if chosen and len(left) <= most_unread else None


def _shape(text: str) -> str:
    """What a text and a format have in common before any of both is read: the signs between words."""
    return " ".join(_WORD.sub("x", text).split())


@lru_cache(None)
def _shape_of_format(form: str) -> str:
    return _shape(AFTERNOON.strftime(form))


def _fits(text: str, formats: tuple[str, ...], language: str | None) -> bool:
    at = _read(text, formats, language)
    return at is not None and 1980 < at.year < 2100  # noqa: PLR2004 -- no ticket is older, and "%y" fits many a number


def _read(text: str, formats: tuple[str, ...], language: str | None) -> datetime | None:
    try:
        return _reader(formats, language).read(text).first
    except ValueError:
        return None


@lru_cache(None)
def _reader(formats: tuple[str, ...], language: str | None) -> TimeReader:
    return TimeReader(list(formats), language, "UTC")


def _swapped(form: str) -> str:
    """The format with day and month swapped."""
    return re.sub("%([dm])([/.-])%([dm])", r"%\3\2%\1", form)
