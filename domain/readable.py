"""Numbers as people read them, in Vietnamese or English: durations, shares, counts, money and days."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Language = Literal["en", "vi"]
ByLanguage = Mapping[Language, str]
"""A text in each language."""
Number = int | float
NOTHING = "-"
"""Stands where there is no value."""
_WORD = re.compile(r"[^\W\d_]+(?=[ ,:;.])")
"""A first word that is a word: no id, no code and no name in parts."""


class Quantity(str):
    """A number with its unit. Tables treat it as a number."""

    __slots__ = ()


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_UNIT_WORDS: Mapping[Language, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "en": {"day": ("day", "days"), "hour": ("h", "h"), "minute": ("min", "min"), "second": ("s", "s")},
        "vi": {
            "day": ("ngày", "ngày"),
            "hour": ("giờ", "giờ"),
            "minute": ("phút", "phút"),
            "second": ("giây", "giây"),
        },
    }
)
"""The words for one and for several of a unit."""
_OF: ByLanguage = MappingProxyType({"en": "of", "vi": "trên"})
_UNDER: ByLanguage = MappingProxyType({"en": "less than {}", "vi": "chưa đến {}"})
_WITHOUT_MINOR_UNITS = frozenset({"VND", "JPY", "KRW"})
_COMMA_AND_POINT = str.maketrans(",.", ".,")


def number(value: Number, language: Language = "en", places: int = 2) -> str:
    """1,234 or 1,234.5; in Vietnamese 1.234 and 1.234,5. A fraction is rounded to ``places``."""
    return _separated(f"{value:,}" if isinstance(value, int) else f"{value:,.{places}f}", language)


def exact(value: Number | Decimal, language: Language = "en") -> str:
    """A number with all its decimals, as it was recorded: 1,234.56789; in Vietnamese 1.234,56789."""
    text = f"{Decimal(str(value)):,f}"
    return _separated(text.rstrip("0").rstrip(".") if "." in text else text, language)


def exact_percentage(ratio: Number, language: Language = "en") -> Quantity:
    """ "87.5 %", with all its decimals."""
    return Quantity(f"{exact(100 * Decimal(str(ratio)), language)} %")


def exact_seconds(seconds: Number, language: Language = "en") -> Quantity:
    """ "0.2027 s", with all its decimals."""
    return Quantity(f"{exact(seconds, language)} {_UNIT_WORDS[language]['second'][1]}")


def exact_duration(seconds: int, language: Language = "en") -> Quantity:
    """All its units: "1 h 1 min 15 s"."""
    return _in_units(seconds, _UNITS, language)


def working_duration(seconds: Number, language: Language = "en") -> Quantity:
    """Hours, minutes and whole seconds: "26 h 30 min". No days: the working day of a calendar has fewer hours."""
    if 0 < seconds < 1:
        return _under_a_second(language)
    return _in_units(round(seconds), _UNITS[1:], language)


def duration(seconds: Number, language: Language = "en") -> Quantity:
    """The two greatest units: "1 h 20 min", "2 days 3 h", "45 s". A day has 24 hours. Rounded to the smaller unit."""
    if 0 < seconds < 1:
        return _under_a_second(language)
    whole = round(abs(seconds))
    first = next((index for index, (_, size) in enumerate(_UNITS) if whole >= size), len(_UNITS) - 1)
    smaller = _UNITS[min(first + 1, len(_UNITS) - 1)][1]
    whole = (whole + smaller // 2) // smaller * smaller
    return _in_units(-whole if seconds < 0 else whole, _UNITS[: first + 2], language)


def share(numerator: Number, denominator: Number, language: Language = "en") -> Quantity:
    """A part of a whole with both counts: "92 % (22 of 24)"; "- (0 of 0)" without a whole."""
    counts = f"({_counted(numerator, language)} {_OF[language]} {_counted(denominator, language)})"
    return Quantity(f"{percentage(numerator / denominator, language) if denominator else NOTHING} {counts}")


def percentage(ratio: float, language: Language = "en") -> Quantity:
    """ "92 %". What is not quite nothing or not quite all has a decimal place: "0.4 %", "99.9 %"."""
    per_cent = 100 * ratio
    if per_cent == round(per_cent) or 1 <= per_cent < 99:  # noqa: PLR2004 -- per cent
        return Quantity(f"{number(round(per_cent), language)} %")
    if 0 < per_cent < 1:
        per_cent = max(per_cent, 0.1)
    elif 99 <= per_cent < 100:  # noqa: PLR2004 -- per cent
        per_cent = min(per_cent, 99.9)
    return Quantity(f"{number(per_cent, language, 1)} %")


def amount_text(amount: Number, currency: str | None, language: Language) -> str:
    """An amount in minor units of a currency, without the currency: 12,900,000 or 12.50; in Vietnamese 12.900.000."""
    places = 0 if currency is None or currency in _WITHOUT_MINOR_UNITS else 2
    return _separated(f"{amount / 10**places:,.{places}f}" if places else f"{round(amount):,}", language)


def money(amount: Number, currency: str | None, language: Language = "en") -> Quantity:
    """An amount in minor units of a currency, with the currency."""
    text = amount_text(amount, currency, language)
    return Quantity(f"{text} {currency}" if currency else text)


def day(value: date, language: Language = "en") -> str:
    """28 November 2026 as 2026-11-28; in Vietnamese 28/11/2026."""
    return f"{value:%d/%m/%Y}" if language == "vi" else f"{value:%Y-%m-%d}"


def minute(value: datetime, language: Language = "en") -> str:
    """A local day with hours and minutes."""
    return f"{value:%H:%M} {day(value, language)}" if language == "vi" else f"{value:%Y-%m-%d %H:%M}"


def as_sentence(text: str) -> str:
    """A text with a large first letter and a full stop, unless it begins with an id or a name in parts."""
    begun = f"{text[:1].upper()}{text[1:]}" if _WORD.match(text) else text
    return begun if text.endswith((".", "!", "?")) else f"{begun}."


def second(value: datetime, language: Language = "en") -> str:
    """A local day with hours, minutes and seconds."""
    return f"{value:%H:%M:%S} {day(value, language)}" if language == "vi" else f"{value:%Y-%m-%d %H:%M:%S}"


def _separated(text: str, language: Language) -> str:
    """A number with the separators of a language."""
    return text.translate(_COMMA_AND_POINT) if language == "vi" else text


def _counted(value: Number, language: Language) -> str:
    return number(int(value) if value == int(value) else value, language)


def _under_a_second(language: Language) -> Quantity:
    return Quantity(_UNDER[language].format(_in_units(1, _UNITS, language)))


def _in_units(seconds: int, units: Sequence[tuple[str, int]], language: Language) -> Quantity:
    """Whole seconds in these units, without those of which there are none."""
    whole, parts = abs(seconds), []
    for unit, size in units:
        amount, whole = divmod(whole, size)
        if amount:
            singular, several = _UNIT_WORDS[language][unit]
            parts.append(f"{number(amount, language)} {singular if amount == 1 else several}")
    sign = "-" if seconds < 0 and parts else ""
    return Quantity(sign + (" ".join(parts) or f"0 {_UNIT_WORDS[language]['second'][1]}"))
