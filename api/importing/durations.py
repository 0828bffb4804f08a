"""Numbers and durations as exports write them."""

import re
from typing import Literal

Unit = Literal["seconds", "minutes", "hours"]
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600}
_GROUPED = re.compile(r"\d{1,3}(?:\s\d{3})+")
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")
_EITHER = re.compile(r"[1-9]\d{0,2},\d{3}")
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([dhms])[a-z]*\.?,?\s*")
_PART_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST = 100 * 366 * 86_400
"""In seconds. A longer duration is a typing error."""


def plain_number(written: str) -> str:
    """A whole number without the blanks between its thousands ("2 553" is 2553); any other text as it is."""
    return re.sub(r"\s", "", written) if _GROUPED.fullmatch(written) else written


def seconds(written: str, unit: Unit) -> int:
    """Seconds of "90", "1 440" or "1,5" (in ``unit``), "1:30" (hours and minutes), "0:01:30" or "2h 5m".

    Raises ValueError for anything else, also for "1,440": it may be 1440 or a fraction more than 1.
    """
    text = written.strip().casefold()
    if _EITHER.fullmatch(text):
        raise ValueError("has a comma that may stand before thousands or before a fraction")
    try:
        read = _seconds(text, unit)
    except ValueError:
        read = -1
    if not 0 <= read <= _LONGEST:
        raise ValueError("is no duration of at most a century")
    return round(read)


def _seconds(text: str, unit: Unit) -> float:
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        return hours * 3_600 + minutes * 60 + rest
    parts = _PART.findall(text)
    if parts and not _PART.sub("", text):
        return sum(float(number.replace(",", ".")) * _PART_SECONDS[part] for number, part in parts)
    return float(re.sub(r"\s", "", text).replace(",", ".")) * _SECONDS[unit]
