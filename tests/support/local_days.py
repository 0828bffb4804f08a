"""Local days that are worth a comparison: a sample, and those beside each change of a zone's clock."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from domain.local_time import midnight
from domain.zones import TimeZone

EACH = 15
"""Of so many days one is in the sample."""
ONE_DAY = timedelta(days=1)


def compared_days(days: Sequence[date], zone: TimeZone) -> list[tuple[date, datetime]]:
    """Some of consecutive days, each with the instant at which it begins."""
    begins = [midnight(day, zone) for day in days]
    changes = {number for number, (begin, end) in enumerate(pairwise(begins)) if end - begin != ONE_DAY}
    return [
        (day, begin)
        for number, (day, begin) in enumerate(zip(days, begins, strict=True))
        if number % EACH == 0 or changes & {number - 1, number, number + 1}
    ]
