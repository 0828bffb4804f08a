"""The two instants of a page: as of, and as known at, each a local day or an exact instant."""

import re
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter

from api.http.problems import malformed
from domain.messages import Instant
from domain.zones import TimeZone

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def instant_of(name: str, text: str | None, zone: TimeZone) -> datetime | None:
    """The instant that a parameter says: a day means its last microsecond. None for no text. Raises Problem."""
    if not text:
        return None
    try:
        if is_day(text):
            return _end_of(date.fromisoformat(text), zone)
        return _INSTANT.validate_python(text)
    except (ValueError, OverflowError):  # pydantic's ValidationError is a ValueError
        rule = "a day such as 2026-03-05, or an instant such as 2026-03-05T14:00:00Z"
        raise malformed([{"loc": (name,), "msg": rule}]) from None


def local_time(text: str, zone: TimeZone) -> datetime:
    """The instant of a local day, a local date and time, or one with an offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def is_day(text: str) -> bool:
    """Whether it is written as a day, not as an instant."""
    return _DAY.fullmatch(text) is not None


def _end_of(day: date, zone: TimeZone) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
