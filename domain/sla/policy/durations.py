"""Durations as people write them in policies."""

import re

_DURATION = re.compile("".join(rf"\s*(?:(\d{{1,12}})\s*{unit})?" for unit in "dhms") + r"\s*", re.IGNORECASE)
_UNITS = (86_400, 3_600, 60, 1)
LONGEST = 36_500 * 86_400
"""The seconds of a hundred years: no duration is longer."""


def parse_duration(written: object) -> object:
    """Seconds out of "90m", "24h", "1h 30m", "2d" (48 hours, not two working days) or a number of seconds.

    Raises ValueError for a text that is none of these, and for what is longer than LONGEST.
    """
    seconds = seconds_in(written) if isinstance(written, str) else written
    if isinstance(seconds, int) and seconds > LONGEST:
        raise ValueError("a duration is at most 100 years (36500d): shorten it")
    return seconds


def seconds_in(text: str) -> int:
    """The seconds of a written duration. Raises ValueError."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f'{text!r} is not a duration: write it like "90m", "24h" or "1h 30m"')
    return sum(int(amount or 0) * unit for amount, unit in zip(found.groups(), _UNITS, strict=True))
