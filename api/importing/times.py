"""How a file writes when something happened."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from domain.message import Message
from domain.zones import TimeZone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AFTERNOON = datetime(2026, 11, 28, 15, 4, tzinfo=UTC)

NO_DATE = "it says no whole date"

Column = Annotated[str, StringConstraints(min_length=1)]


def _readable(form: str) -> str:
    if form not in {"iso", "epoch", "epoch_ms"} and (flaw := _flaw(form)):
        fix = 'write "iso", "epoch", "epoch_ms" or a format of strptime, like %d/%m/%Y %H:%M'
        raise ValueError(f"{flaw}; {fix}")
    return form


def _flaw(form: str) -> str | None:
    """Why an afternoon that is written in this format is not read as the same afternoon again."""
    if not re.search("%[YyGcx]", form):
        return NO_DATE
    try:
        again = datetime.strptime(AFTERNOON.strftime(form), form)  # noqa: DTZ007 -- only the wall time is compared
    except (ValueError, re.error) as error:
        return str(error)
    if again.date() != AFTERNOON.date():
        return NO_DATE
    if again.hour not in {0, AFTERNOON.hour}:
        return "%I without %p does not tell the morning from the afternoon"
    return "%Z is read and then forgotten, say it in `zone`" if "%Z" in form else None


class Time(Message):
    """``column``: when a row happened. ``received``: when its ticket was received, where a column says so.

    ``format``: as strptime takes it, or "iso", "epoch" or "epoch_ms". ``zone``: of times that name none; a wall time
    that does not exist moves forward by the gap, one that exists twice is the first.
    """

    column: Column
    received: Column | None = None
    format: Annotated[str, AfterValidator(_readable)] = "iso"
    zone: str = "UTC"

    def instant(self, written: str, zone: TimeZone) -> datetime:
        """The instant in UTC. Raises ValueError or OverflowError for what does not fit the format."""
        if self.format in {"epoch", "epoch_ms"}:
            return EPOCH + timedelta(seconds=float(written) / (1000 if self.format == "epoch_ms" else 1))
        iso = self.format == "iso"
        time = datetime.fromisoformat(written) if iso else datetime.strptime(written, self.format)  # noqa: DTZ007 -- next
        return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)
