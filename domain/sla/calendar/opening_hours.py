"""The opening hours of a day and of a week, as calendars write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema, field_validator, model_validator

from domain.messages import Message
from domain.tenant_settings import WEEKDAYS

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_SHIFT = re.compile(r"\s*(\d\d):([0-5]\d)\s*-\s*(\d\d):([0-5]\d)\s*", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Shift:
    """A half-open interval [opens, closes), in wall-clock minutes after the midnight at which its day begins.

    `closes` is above 1440 when the shift runs into the next day.
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        closes = self.closes if self.closes <= DAY_MINUTES else self.closes - DAY_MINUTES
        return f"{_clock(self.opens)}-{_clock(closes)}"


def parse_shift(text: object) -> Shift:
    """Reads "08:00-12:00", "18:00-24:00" or, over midnight, "22:00-06:00". Raises ValueError with the way out."""
    if isinstance(text, Shift):
        return text
    match = _SHIFT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is not an interval: write it like "08:00-12:00"')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    opens, closes = hour * 60 + minute, end_hour * 60 + end_minute
    if opens >= DAY_MINUTES:
        raise ValueError(f"{text!r} starts after 23:59: an interval belongs to the day it starts on")
    if closes > DAY_MINUTES:
        raise ValueError(f'{text!r} ends after 24:00: write a shift over midnight like "22:00-06:00"')
    if opens == closes:
        raise ValueError(f'{text!r} starts where it ends: write "00:00-24:00" for a whole day, or leave it out')
    return Shift(opens, closes if closes > opens else closes + DAY_MINUTES)


ShiftText = Annotated[
    Shift,
    PlainValidator(parse_shift),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$", "examples": ["08:00-12:00", "22:00-06:00"]}),
]


class Week(Message):
    """The opening hours of a week, by the day on which a shift starts; a day without shifts is closed.

    Reads `{"mon-fri": ["08:00-12:00", "13:00-17:30"], "sat": ["08:00-12:00"]}`; a key may be a range of days.
    """

    mon: tuple[ShiftText, ...] = ()
    tue: tuple[ShiftText, ...] = ()
    wed: tuple[ShiftText, ...] = ()
    thu: tuple[ShiftText, ...] = ()
    fri: tuple[ShiftText, ...] = ()
    sat: tuple[ShiftText, ...] = ()
    sun: tuple[ShiftText, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spread_ranges(cls, written: object) -> object:
        if not isinstance(written, Mapping):
            return written
        days: dict[str, Any] = {}
        for key, shifts in written.items():
            for day in _days_named(key):
                if day in days:
                    raise ValueError(f"{day} is given twice (the second time by {key!r}): give each day once")
                days[day] = shifts
        return days

    @field_validator(*WEEKDAYS)
    @classmethod
    def _in_order(cls, shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
        return tuple(sorted(shifts))

    @model_validator(mode="after")
    def _must_not_overlap(self) -> Self:
        refuse_overlap(
            [
                (number * DAY_MINUTES + shift.opens, number * DAY_MINUTES + shift.closes, f"{day} {shift}")
                for number, day in enumerate(WEEKDAYS)
                for shift in self.of_day(number)
            ],
            wrap=WEEK_MINUTES,
        )
        return self

    def of_day(self, weekday: int) -> tuple[Shift, ...]:
        """The shifts that start on a weekday, 0 for Monday to 6 for Sunday."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)[weekday]

    @property
    def minutes_open(self) -> int:
        """Wall-clock minutes open in a week, from 0 to 10080."""
        return sum(shift.closes - shift.opens for day in range(7) for shift in self.of_day(day))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days_named(key: object) -> tuple[str, ...]:
    first, dash, last = str(key).partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f"unknown day {key!r}: write one of {', '.join(WEEKDAYS)}, or a range such as mon-fri")
    start = WEEKDAYS.index(first)
    length = (WEEKDAYS.index(last) - start) % 7 + 1 if dash else 1
    return tuple(WEEKDAYS[(start + step) % 7] for step in range(length))


def refuse_overlap(shifts: list[tuple[int, int, str]], wrap: int | None = None) -> None:
    """Raises ValueError when an (opens, closes, label) overlaps the next, or the last the first one `wrap` later."""
    following = shifts[1:]
    if shifts and wrap is not None:
        opens, closes, label = shifts[0]
        following = [*following, (opens + wrap, closes + wrap, label)]
    for (_, closes, label), (opens, _, next_label) in zip(shifts, following, strict=False):
        if opens < closes:
            raise ValueError(f"{label} overlaps {next_label}: shorten one of them, or write both as one interval")
