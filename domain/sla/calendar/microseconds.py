"""Instants as whole microseconds since 1970-01-01T00:00Z, the form in which business time is counted."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def to_microseconds(at: datetime) -> int:
    """The microseconds from the epoch to `at`. Raises ValueError when `at` has no time zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime, such as one in UTC")
    return (at - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The UTC datetime of an instant."""
    return EPOCH + microseconds * MICROSECOND


def instant_or_none(microseconds: int | None) -> datetime | None:
    """The UTC datetime of an instant that may be unknown."""
    return None if microseconds is None else from_microseconds(microseconds)


def duration_in_microseconds(duration: timedelta) -> int:
    """The whole microseconds of a timedelta."""
    return duration // MICROSECOND


def duration_text(microseconds: int) -> str:
    """Hours, minutes and seconds, to the microsecond: "26h 30m", "0s". No days: a day is 24 hours, or a calendar's."""
    hours, rest = divmod(microseconds, 3600 * SECOND)
    minutes, rest = divmod(rest, 60 * SECOND)
    parts = [f"{amount}{unit}" for amount, unit in ((hours, "h"), (minutes, "m")) if amount]
    if rest or not parts:
        parts.append(f"{rest // SECOND}.{rest % SECOND:06}".rstrip("0").rstrip(".") + "s")
    return " ".join(parts)
