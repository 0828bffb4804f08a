"""The definition of a calendar: zone, weekly hours, holidays, special days."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Self, TypeVar

from pydantic import AwareDatetime, Field, field_validator, model_validator

from domain.messages import Message, Word
from domain.sla.calendar.interval_index import FIRST_YEAR, LAST_YEAR
from domain.sla.calendar.opening_hours import WEEK_MINUTES, Shift, ShiftText, Week, refuse_overlap
from domain.sla.calendar.public_holidays import PublicHolidays
from domain.text_folding import fold_name
from domain.zones import ZoneName


class Holiday(Message):
    """A date on which no shift starts."""

    date: dt.date
    name: str = ""


class SpecialDay(Message):
    """A date whose own hours, or none, replace those of the week and of a holiday."""

    date: dt.date
    hours: tuple[ShiftText, ...] = ()
    name: str = ""

    @field_validator("hours")
    @classmethod
    def _must_not_overlap(cls, hours: tuple[Shift, ...]) -> tuple[Shift, ...]:
        refuse_overlap([(shift.opens, shift.closes, str(shift)) for shift in sorted(hours)])
        return tuple(sorted(hours))


Dated = TypeVar("Dated", Holiday, SpecialDay)


def _each_date_once(days: tuple[Dated, ...]) -> tuple[Dated, ...]:
    in_order = sorted(days, key=lambda day: day.date)
    for day, after in pairwise(in_order):
        if day.date == after.date:
            raise ValueError(f"{day.date} is given twice: keep one of the two")
    return tuple(in_order)


@lru_cache(maxsize=64)
def _one_of_equals(days: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
    """The first of equal lists: the holidays of a country over 130 years take a megabyte, which its calendars share."""
    return days


class CalendarDefinition(Message):
    """The working hours of a team, as TOML or JSON:

        name = "Hanoi office"
        zone = "Asia/Ho_Chi_Minh"
        public_holidays = "VN"

        [week]
        mon-fri = ["08:00-12:00", "13:00-17:30"]

        [holidays]
        2026-02-23 = "Company outing"

        [special_days]
        2026-08-22 = ["08:00-12:00"]

    A shift belongs to the day it starts on. A holiday cancels the shifts that start on it; the shift of the evening
    before runs to its end, into the holiday. A special day replaces the shifts that start on it, and wins over a
    holiday of the same date. Time that a special day shares with a neighbouring day counts once. Hours of a day that a
    time zone skipped (Pacific/Apia, 2011-12-30) move forward by the gap, as every wall time that does not exist.
    """

    name: Word
    zone: ZoneName
    week: Week = Week()
    public_holidays: PublicHolidays | None = None
    holidays: tuple[Holiday, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()

    @field_validator("public_holidays", mode="before")
    @classmethod
    def _country_alone(cls, raw: object) -> object:
        return {"country": raw} if isinstance(raw, str) else raw

    @field_validator("holidays", mode="before")
    @classmethod
    def _name_by_date(cls, raw: object) -> object:
        if isinstance(raw, Mapping):
            return [{"date": date, "name": name} for date, name in raw.items()]
        if isinstance(raw, Sequence) and not isinstance(raw, str):
            return [{"date": item} if isinstance(item, str | dt.date) else item for item in raw]
        return raw

    @field_validator("special_days", mode="before")
    @classmethod
    def _hours_by_date(cls, raw: object) -> object:
        if not isinstance(raw, Mapping):
            return raw
        return [
            {**content, "date": date} if isinstance(content, Mapping) else {"date": date, "hours": content}
            for date, content in raw.items()
        ]

    @field_validator("holidays")
    @classmethod
    def _shared(cls, days: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
        return _one_of_equals(_each_date_once(days))

    @field_validator("special_days")
    @classmethod
    def _in_order(cls, days: tuple[SpecialDay, ...]) -> tuple[SpecialDay, ...]:
        return _each_date_once(days)

    @model_validator(mode="after")
    def _must_open_sometime(self) -> Self:
        if not self.week.minutes_open and not any(day.hours for day in self.special_days):
            raise ValueError(f"calendar {self.name!r} is never open: give a weekday or a special day an interval")
        return self

    @model_validator(mode="after")
    def _around_the_clock_is_built_in(self) -> Self:
        if fold_name(self.name) == "24x7" and not self.always_open:
            raise ValueError("24x7 is the built-in calendar that never closes: give this one another name")
        return self

    @property
    def always_open(self) -> bool:
        """Whether no instant is outside the opening hours."""
        never_closes = self.week.minutes_open == WEEK_MINUTES
        return never_closes and not (self.public_holidays or self.holidays or self.special_days)

    def holidays_in(self, *years: int) -> dict[dt.date, str]:
        """Date and name of every holiday of some years: the country's, and over them the calendar's own."""
        public = self.public_holidays.in_years(*years) if self.public_holidays else {}
        own = {holiday.date: holiday.name for holiday in self.holidays if holiday.date.year in years}
        return dict(sorted((public | own).items()))

    def with_holidays_written_out(self) -> Self:
        """The same calendar with its country's holidays as dates of its own.

        It counts the same and no longer depends on the installed release of the `holidays` library. In some zones the
        evening before the first year and the morning after the last one count too, so their years are included.
        """
        dates = self.holidays_in(*range(FIRST_YEAR - 1, LAST_YEAR + 2))
        own = {holiday.date: holiday.name for holiday in self.holidays}
        return self.model_validate(self.model_dump() | {"public_holidays": None, "holidays": dates | own})


AROUND_THE_CLOCK = CalendarDefinition.model_validate(
    {"name": "24x7", "zone": "UTC", "week": {"mon-sun": ["00:00-24:00"]}},
)


class CalendarVersion(Message):
    """One version of a calendar: its number, from 1, the instant from which it is in effect, and its definition.

    `position` is its position in the log; 0 for a version that was known from the start.
    """

    version: int = Field(ge=1)
    effective_from: AwareDatetime
    position: int = Field(default=0, ge=0)
    calendar: CalendarDefinition
