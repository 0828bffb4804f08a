"""Local days and times as people write them: the two instants of a page, and fields of forms."""

import re
from datetime import date, datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter

from api.http.problems import malformed
from domain.local_time import midnight
from domain.messages import Instant
from domain.zones import TimeZone

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
YEARS = f"{_FIRST_YEAR} to {_LAST_YEAR}"
"""The years of pages: a zone and the next day can be computed of each of their days."""
Moment = TypeVar("Moment", date, datetime)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def instant_of(name: str, text: str | None, zone: TimeZone) -> datetime | None:
    """The instant that a parameter says: a day means its last microsecond. None for no text. Raises Problem."""
    if not text:
        return None
    try:
        if is_day(text):
            return _end_of(day_of(text), zone)
        return _known(_INSTANT.validate_python(text))
    except (ValueError, OverflowError):  # pydantic's ValidationError is a ValueError
        rule = f"a day such as 2026-03-05, or an instant such as 2026-03-05T14:00:00Z, of the years {YEARS}"
        raise malformed([{"loc": (name,), "msg": rule}]) from None


def is_day(text: str) -> bool:
    """Whether it is written as a day, not as an instant."""
    return _DAY.fullmatch(text) is not None


def day_of(text: str) -> date:
    """The day that a text says. Raises ValueError, also outside of YEARS."""
    return _known(date.fromisoformat(text))


def local_instant(text: str, zone: TimeZone) -> datetime:
    """The instant that a field says: a day means its first moment, a time without an offset is one of ``zone``.

    Raises ValueError.
    """
    if is_day(text):
        return midnight(date.fromisoformat(text), zone)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _known(at: Moment) -> Moment:
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError(f"a page knows the years {YEARS}")
    return at


def _end_of(day: date, zone: TimeZone) -> datetime:
    return midnight(day + timedelta(days=1), zone) - timedelta(microseconds=1)
