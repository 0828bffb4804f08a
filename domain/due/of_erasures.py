"""What becomes due of a request for erasure: the deadlines of its law.

Vietnam: Decree 356/2025/ND-CP under Law 91/2025/QH15, an answer within 2 working days and the erasure within 20 days.
European Union: Regulation (EU) 2016/679, article 12(3), both within one month.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.due.due_function import DueFunction, History
from domain.due.instance import DueInstance, identity_of
from domain.due.schedule import DayCounts, at_wall, next_day, open_days_later
from domain.due.time_context import TimeContext
from domain.erasure.events import ErasureEvent
from domain.erasure.state import Erasure, evolve
from domain.messages import Message
from domain.template.placeholders import day_text

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


class ErasureDue(Message):
    """So many days before the data has to be erased; the deadline of the answer is an instance of its own."""

    days: DayCounts = (5, 1)


def _erasure_due(history: History, parameters: ErasureDue, context: TimeContext) -> Iterator[DueInstance]:
    """Until the request is refused, withdrawn or certified; the answer until it is verified."""
    erasure = Erasure()
    for event in history:
        if isinstance(event.payload, ErasureEvent):
            erasure = evolve(erasure, event.payload, event.occurred_at)
    if not erasure.open or erasure.requested_at is None:
        return
    deadlines = deadlines_of(erasure.law, erasure.requested_at, context)
    if erasure.state == "requested":
        values = {"day": day_text(context.local_day(deadlines.answer_by))}
        yield DueInstance(identity_of("request", erasure.request, "answer"), deadlines.answer_by, placeholders=values)
    values = {"day": day_text(context.local_day(deadlines.erase_by))}
    for days in parameters.days:
        due_at = deadlines.erase_by - timedelta(days=days)
        yield DueInstance(identity_of("request", erasure.request, days), due_at, placeholders=values)


ERASURE_DUE = DueFunction("erasure-due", frozenset({"erasure"}), ErasureDue, _erasure_due, gives=frozenset({"day"}))
