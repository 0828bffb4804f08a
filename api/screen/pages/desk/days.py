"""The days that the desk looks at, and the filter by team."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.http.read_session import ReadSession
from api.screen.visit import Visit
from domain.days import months_later

TREND_DAYS = 30
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Days:
    """Local days of the tenant, by the present instant of a reading."""

    today: date

    @property
    def month(self) -> date:
        """The first day of this month."""
        return self.today.replace(day=1)

    @property
    def month_before(self) -> date:
        """The first day of the last month."""
        return months_later(self.month, -1, 1)

    @property
    def same_day_before(self) -> date:
        """The day of the last month with today's number, or its last day."""
        return min(self.month_before + timedelta(days=self.today.day - 1), self.month - timedelta(days=1))

    @property
    def trend(self) -> date:
        """The first of the last 30 days."""
        return self.today - timedelta(days=TREND_DAYS - 1)

    @property
    def weeks(self) -> date:
        """The Monday with which the last 8 weeks begin, this one included."""
        return self.today - timedelta(days=self.today.weekday() + 7 * (WEEKS - 1))

    @property
    def monday(self) -> date:
        """The last Monday before today."""
        return self.today - timedelta(days=self.today.weekday() or 7)

    @property
    def since_monday(self) -> str:
        """The key of the words that name it."""
        return "desk.since_monday" if self.today.weekday() else "desk.since_last_monday"


def days_of(visit: Visit, session: ReadSession) -> Days:
    """The days of a reading."""
    return Days(visit.local(session.now).date())


def of_team(visit: Visit) -> dict[Any, str | None]:
    """The filter of the page."""
    team = visit.one("team")
    return {} if team is None else {"team": team}
