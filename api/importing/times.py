"""How a file writes times."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, NamedTuple, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from api.importing.durations import Unit
from api.importing.month_names import check_language, in_english
from domain.messages import Message
from domain.zones import UnknownZone, zone_named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_ZERO_OF_EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001 -- a wall time
AFTERNOON = datetime(2026, 11, 28, 15, 4, tzinfo=UTC)

NO_DATE = "it has no whole date"
_NARROW_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_NAMED = re.compile("%[bBp]")
_ZONE_BEHIND_A_BLANK = re.compile(r" (UTC|GMT|[+-]\d\d:?\d\d)$")
"""Such as many programs write it, and ISO 8601 does not."""

Column = Annotated[str, StringConstraints(min_length=1)]


def _readable(form: str) -> str:
    if form not in {"iso", "epoch", "epoch_ms", "excel", *get_args(Unit)} and (flaw := _flaw(form)):
        fix = 'write "iso", "epoch", "epoch_ms", "excel" or a format of strptime, like %d/%m/%Y %H:%M'
        raise ValueError(f"{flaw}; {fix}")
    return form


def _flaw(form: str) -> str | None:
    """Why a time written in this format is not the same time when it is read again; None when it is."""
    if not re.search("%[YyGcx]", form):
        return NO_DATE
    try:
        again = datetime.strptime(AFTERNOON.strftime(form), form)  # noqa: DTZ007 -- only the wall time is compared
    except (ValueError, re.error) as error:
        return str(error)
    if again.date() != AFTERNOON.date():
        return NO_DATE
    if again.hour not in {0, AFTERNOON.hour}:
        return "%I without %p does not distinguish morning and afternoon"
    return "%Z is read and not used, name the zone in `zone`" if "%Z" in form else None


def check_zone(zone: str) -> str:
    """The name of an IANA time zone. Raises ValueError."""
    try:
        zone_named(zone)
    except UnknownZone as error:
        raise ValueError(f"no IANA time zone has this name; write one like {error.meant}") from error
    return zone


def _alternatives(written: object) -> object:
    """A name alone stands for one alternative with one column."""
    if isinstance(written, str):
        return [[written]]
    return (
        [[alternative] if isinstance(alternative, str) else alternative for alternative in written]
        if isinstance(written, list)
        else written
    )


def _as_table(written: object) -> object:
    """Columns alone stand for a table that has nothing else."""
    return {"column": written} if isinstance(written, str | list) else written


Formats = Annotated[
    list[Annotated[str, AfterValidator(_readable)]],
    BeforeValidator(lambda written: [written] if isinstance(written, str) else written),
    Field(min_length=1),
]
"""One or more formats; the first that fits is taken. "seconds", "minutes" and "hours" count from the creation of the
ticket.
"""

Language = Annotated[str, AfterValidator(check_language)]
Zone = Annotated[str, AfterValidator(check_zone)]


class Reading(NamedTuple):
    """The instants that a written time can mean, in UTC. They differ only in an hour that its zone repeats."""

    first: datetime
    second: datetime

    def at_or_after(self, earliest: datetime | None) -> datetime:
        """The first instant that is not before ``earliest``, if there is one, else the first."""
        if earliest is not None and self.first < earliest <= self.second:
            return self.second
        return self.first


class TimeFormat(Message):
    """How times are written. A key that is None is as in the mapping's section of times."""

    format: Formats | None = None
    language: Language | None = None
    zone: Zone | None = None

    def reader(self, default: "TimeFormat") -> "TimeReader":
        """The reader of such times."""
        return TimeReader(
            formats=self.format or default.format or ["iso"],
            language=self.language or default.language,
            zone=self.zone or default.zone or "UTC",
        )


class TimeReader:
    """Reads times in one of several formats, and equal texts once.

    ``unit``: of times that are written as the duration since the creation of the ticket.
    """

    def __init__(self, formats: list[str], language: str | None, zone: str) -> None:
        self._formats = formats
        self._language = language
        self._zone = zone_named(zone)
        self._is_utc = zone == "UTC"
        self.read = lru_cache(8192)(self._read)
        self.unit: Unit | None = next((unit for unit in get_args(Unit) if formats == [unit]), None)

    def _read(self, written: str) -> Reading:
        """Raises ValueError for a text in none of the formats."""
        for form in self._formats:
            try:
                return self._in(form, written)
            except (ValueError, OverflowError):
                continue
        raise ValueError(f"is not written as {' or '.join(self._formats)}")

    def _in(self, form: str, written: str) -> Reading:
        """A local time that its zone skips is moved forward by the gap."""
        text = written if written.isascii() else written.translate(_NARROW_BLANKS)
        if form in {"epoch", "epoch_ms"}:
            at = EPOCH + timedelta(seconds=float(text.replace(" ", "")) / (1000 if form == "epoch_ms" else 1))
            return Reading(at, at)
        if form == "excel":
            time = DAY_ZERO_OF_EXCEL + timedelta(seconds=round(float(text.replace(",", ".")) * 86_400))
        elif form == "iso":
            time = datetime.fromisoformat(_ZONE_BEHIND_A_BLANK.sub(_as_offset, text))
        else:
            if self._language is not None and _NAMED.search(form):
                text = in_english(text, self._language)
                form = form.replace("%B", "%b")
            time = datetime.strptime(text, form)  # noqa: DTZ007 -- next
        if time.tzinfo is not None:
            at = time.astimezone(UTC)
            return Reading(at, at)
        if self._is_utc:
            at = time.replace(tzinfo=UTC)
            return Reading(at, at)
        first, second = (time.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return Reading(first, max(first, second))


def _as_offset(zone: re.Match[str]) -> str:
    return "Z" if zone[1].isalpha() else zone[1]


Alternatives = list[Annotated[list[Column], Field(min_length=1)]]
"""Alternatives of which the first that is filled counts. Each is a column, or several joined by a blank."""


class TimeColumn(TimeFormat):
    """``column``: a column, or alternatives."""

    column: Annotated[Alternatives, BeforeValidator(_alternatives), Field(min_length=1)]


TimeKey = Annotated[TimeColumn, BeforeValidator(_as_table)]


class Time(TimeFormat):
    """The columns that hold times. With ``column`` each row is one change of a ticket, at that time. With ``created``
    each row is one ticket, and the other columns are the times of its states.

    ``received``: when the ticket of a change was received. ``format``, ``language`` and ``zone`` (of times that name
    none; the default is UTC) apply to every column that has none of its own.
    """

    column: TimeKey | None = None
    received: TimeKey | None = None
    created: TimeKey | None = None
    first_reply: TimeKey | None = None
    waiting: TimeKey | None = None
    resolved: TimeKey | None = None
    closed: TimeKey | None = None
    due: TimeKey | None = None
    updated: TimeKey | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.column is None) == (self.created is None):
            raise ValueError("name either `column` (a row is one change) or `created` (a row is one ticket)")
        of_changes = {"column", "received"}
        misplaced = sorted(key for key in self.by_key() if (key in of_changes) != (self.column is not None))
        if misplaced:
            raise ValueError(f"`{misplaced[0]}` does not go with `{'column' if self.column else 'created'}`; remove it")
        return self

    def by_key(self) -> dict[str, TimeColumn]:
        """The columns that are named, by their key."""
        return {key: value for key, value in self if isinstance(value, TimeColumn)}
