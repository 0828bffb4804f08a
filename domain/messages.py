"""The base classes of commands and event payloads, and the types of their fields."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
)

from domain.ids import canonical

# PostgreSQL stores no NUL. UTF-8 has no lone surrogates; pydantic refuses them in every text that has a constraint.
_STORABLE = r"^[^\x00]*$"
_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WALL_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


LONGEST_WORD = 200
LONGEST_TEXT = 20_000

Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORD, pattern=_STORABLE),
]
"""A name, an identifier or a code: 1 to 200 characters."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT, pattern=_STORABLE),
]
"""A text that a person writes: 1 to 20,000 characters."""


def _date_and_time(written: object) -> object:
    """Refuses a number, which pydantic would take for seconds since 1970."""
    if isinstance(written, datetime) or (isinstance(written, str) and _DATE_AND_TIME.match(written)):
        return written
    raise ValueError("write a date and a time with an offset, such as 2026-03-02T08:00:00+07:00")


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the instant lies outside the years 1 to 9999 of UTC") from error


Id = Annotated[UUID, BeforeValidator(canonical)]
"""The id of a stream, given in the canonical form of a UUID."""

Instant = Annotated[AwareDatetime, BeforeValidator(_date_and_time), AfterValidator(_in_utc)]
"""A point in time, given as ISO 8601 in any zone, kept in UTC."""


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""The days that commands take: a grace or a term of a century after them can still be computed."""


def _day(written: object) -> object:
    """Refuses a number and an instant, which pydantic would take for a day."""
    if isinstance(written, datetime) or not (isinstance(written, date) or _is_day(written)):
        raise ValueError("write a day, such as 2026-03-02")
    return written


def _is_day(written: object) -> bool:
    return isinstance(written, str) and _DAY.fullmatch(written) is not None


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"choose a day from {FIRST_DAY} to {LAST_DAY}")
    return day


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_range)]
"""A local day from FIRST_DAY to LAST_DAY, given as ISO 8601."""


def _must_be_a_wall_time(written: str) -> str:
    if not _WALL_TIME.fullmatch(written):
        raise ValueError("write a local time such as 07:00, without a zone")
    return written


WallTime = Annotated[str, AfterValidator(_must_be_a_wall_time)]
"""A time of day such as 09:00."""

Amount = Annotated[StrictInt, Field(ge=0, le=10**15)]
"""Money in minor units of a currency. VND has no minor unit: there it is a number of dong."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""The code of a currency (ISO 4217), such as VND."""

Priority = Literal["P1", "P2", "P3", "P4"]
Channel = Literal["hotline", "zalo", "facebook", "email", "livechat", "form", "app", "other"]
WaitingFor = Literal["customer", "third_party", "internal"]
EffortKind = Literal["talk", "hold", "after_contact"]
Closer = Literal["customer", "agent", "rule"]
CancelledAs = Literal["duplicate", "spam", "other"]


def one_or_more(written: object) -> object:
    """A value that is written alone, as the only one of several."""
    return written if isinstance(written, list | tuple) else (written,)


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field of an event that says something of a person, in ``Annotated[str, PERSONAL]``.

    ``erased`` is its value once the person is erased. None: the one that the type of the field has, such as `[erased]`.
    """

    erased: int | None = None


PERSONAL = Personal()


class Message(BaseModel):
    """An immutable value. An unknown field is an error.

    pydantic builds a class at its first use: a command that needs few of them starts sooner. The text of an error
    leaves out what was written, because it may go to a log.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True)


class Command(Message):
    """What an actor wants. A command acts, stays quiet or is refused.

    ``occurred_at`` is the instant in the world, in any zone; its default is the instant of the decision. ``reason``
    says why. Both are recorded in the envelope and not in the payload. ``begins`` marks commands that begin a stream.
    """

    begins: ClassVar[bool] = False

    occurred_at: Instant | None = None
    reason: Text | None = None

    def facts(self) -> dict[str, Any]:
        """The fields of the command itself, by name, for an event that holds the same."""
        return self.model_dump(exclude={"occurred_at", "reason"})


class Event(Message):
    """A business fact. ``topic`` names it in the log and never changes; ``schema_version`` counts the payload's shapes.

    ``in_figures`` is False for an event that no figure counts. ``stream_of_one_person`` is False for an event of a
    stream that several customers share; its ``customer_id`` says whose data it holds.
    """

    topic: ClassVar[str]
    schema_version: ClassVar[int] = 1
    in_figures: ClassVar[bool] = True
    stream_of_one_person: ClassVar[bool] = True
