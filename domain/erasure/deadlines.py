"""The deadlines of a request for erasure by its law.

Vietnam: Decree 356/2025/ND-CP under Law 91/2025/QH15, an answer within 2 working days and the erasure within 20 days.
European Union: Regulation (EU) 2016/679, article 12(3), both within one month.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.due.schedule import at_wall, next_day, open_days_later
from domain.due.time_context import TimeContext

ANSWER_WORKING_DAYS = 2
ERASE_DAYS = 20


class Deadlines(NamedTuple):
    """``answer_by``: the person knows whether and how the request is followed. ``erase_by``: the data is gone."""

    answer_by: datetime
    erase_by: datetime


def deadlines_of(law: str, requested_at: datetime, context: TimeContext) -> Deadlines:
    """The deadlines of a request; working days are those of the tenant's week."""
    if law == "gdpr":
        local = requested_at.astimezone(context.zone_at(requested_at))
        month_later = at_wall(next_day(local.date(), "monthly"), local.time(), context)
        return Deadlines(month_later, month_later)
    is_open = context.open_days(None, requested_at)
    answer_by = open_days_later(requested_at, ANSWER_WORKING_DAYS, is_open, context)
    return Deadlines(answer_by, requested_at + timedelta(days=ERASE_DAYS))
