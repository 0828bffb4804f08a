"""Durations as policies write them."""

import re

_DURATION = re.compile("".join(rf"\s*(?:(\d{{1,12}})\s*{unit})?" for unit in "dhms") + r"\s*", re.IGNORECASE | re.ASCII)
_UNITS = (86_400, 3_600, 60, 1)
LONGEST = 36_500 * 86_400
"""The seconds of the longest duration, a hundred years."""


def parse_duration(written: object) -> object:
    """The seconds of "90m", "24h", "1h 30m", "2d" (48 hours, not two working days) or of a number of seconds.

    Raises ValueError for any other text, and for a duration longer than LONGEST.
    """
    seconds = seconds_in(written) if isinstance(written, str) else written
    if isinstance(seconds, int) and seconds > LONGEST:
        raise ValueError("a duration is at most 100 years (36500d): shorten it")
    return seconds


def seconds_in(text: str) -> int:
    """The seconds of a written duration. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f'{text!r} is not a duration: write it like "90m", "24h" or "1h 30m"')
    return sum(int(amount or 0) * unit for amount, unit in zip(match.groups(), _UNITS, strict=True))
