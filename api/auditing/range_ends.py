"""The ends of a range of the log as people write them: a position, a day, or an instant."""

from datetime import date, datetime, time

from pydantic import TypeAdapter

from api.whole_numbers import POSITION_DIGITS, whole_number
from domain.messages import Instant
from domain.zones import TimeZone

RULE = "a position such as 4711, a day such as 2026-03-31, or an instant such as 2026-03-31T18:00:00Z"
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def bound_of(text: str, zone: TimeZone, *, is_end: bool) -> int | datetime:
    """The end of a range. A day is that of the zone, from its first to its last microsecond. Raises ValueError."""
    position = whole_number(text, POSITION_DIGITS)
    if position:
        return position
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _INSTANT.validate_python(text)  # pydantic's ValidationError is a ValueError
    return datetime.combine(day, time.max if is_end else time.min, zone)
