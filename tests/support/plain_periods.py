"""Periods of local days in plain Python, day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from domain.zones import TimeZone

DAY = timedelta(days=1)


class Span(NamedTuple):
    """A period of local days: its name, the first instant, and the first one that is no longer of it.

    The only period of a question has no name.
    """

    label: date | None
    start: datetime
    end: datetime


def begins(day: date, zone: TimeZone) -> datetime:
    """The first instant of a local day, second by second around the time that the clocks show then."""
    guess = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
    first = next(
        second
        for second in range(int(guess) - 2 * 3_600, int(guess) + 2 * 3_600, 900)
        if datetime.fromtimestamp(second, zone).date() >= day
    )
    return datetime.fromtimestamp(first, UTC)


class Calendar:
    """Periods of local days in a zone, with years that begin in a month."""

    def __init__(self, zone: TimeZone, year_begins: int) -> None:
        self.zone, self.year_begins = zone, year_begins

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def label(self, day: date, every: str) -> date:
        """The first day of the period that a day lies in, day by day."""
        months = {"month": 1, "quarter": 3, "year": 12}
        while not (
            every == "day"
            or (every == "week" and day.isoweekday() == 1)
            or (every in months and day.day == 1 and (day.month - self.year_begins) % months[every] == 0)
        ):
            day -= DAY
        return day

    def before(self, span: Span, every: str | None, number: int) -> Span:
        """So many periods before a period, as one of its name: whole months, or as many days."""
        if every in {"month", "quarter", "year"} and span.label is not None:
            first = span.label
            for _ in range(number):
                first = self.label(first - DAY, every)
            return Span(span.label, begins(first, self.zone), begins(span.label, self.zone))
        days = self.day(span.end - timedelta.resolution) - self.day(span.start) + DAY
        return Span(span.label, begins(self.day(span.start) - number * days, self.zone), span.start)

    def spans(self, first: date, last: date, every: str) -> list[Span]:
        days = [first + number * DAY for number in range((last - first).days + 1)]
        groups: dict[date, list[date]] = {}
        for day in days:
            groups.setdefault(self.label(day, every), []).append(day)
        return [Span(label, begins(of[0], self.zone), begins(of[-1] + DAY, self.zone)) for label, of in groups.items()]
