"""What becomes due of a contract: its renewal, the end of its term, milestones."""

from collections.abc import Iterator
from datetime import timedelta

from domain.contract.state import contract_of
from domain.contract.term_days import lapses_on
from domain.days import day_after
from domain.due.due_function import DueFunction, History
from domain.due.instance import DueInstance, identity_of
from domain.due.schedule import DayCounts, at_wall, open_day_at_or_before
from domain.due.time_context import TimeContext
from domain.messages import Message, WallTime, Word
from domain.template.placeholders import day_text

CONTRACT = frozenset({"contract"})


class Renewal(Message):
    """So many local days before the term ends, on the last open day at or before that day."""

    days: DayCounts = (30, 15)
    time: WallTime = "09:00"
    calendar: Word | None = None


def _renewal(history: History, parameters: Renewal, context: TimeContext) -> Iterator[DueInstance]:
    """Until the term is renewed, or the contract terminated."""
    contract = contract_of(history)
    if contract.state != "running" or contract.term is None:
        return
    for days in parameters.days:
        day = contract.term.ends_on - timedelta(days=days)
        is_open = context.open_days(parameters.calendar, at_wall(day, parameters.time, context))
        reminded_on = open_day_at_or_before(day, is_open)
        values = {"days": str((contract.term.ends_on - reminded_on).days)}
        due_at = at_wall(reminded_on, parameters.time, context)
        yield DueInstance(identity_of("term", contract.term.number, days), due_at, placeholders=values)


class TermEnded(Message):
    time: WallTime = "09:00"


def _term_ended(history: History, parameters: TermEnded, context: TimeContext) -> Iterator[DueInstance]:
    """On the day after the term, and on the day after its grace, until it is renewed."""
    contract = contract_of(history)
    if contract.state not in {"running", "lapsed"} or contract.term is None:
        return
    ends_on = contract.term.ends_on
    for number, day in ((1, day_after(ends_on)), (2, lapses_on(ends_on))):
        identity = identity_of("term", contract.term.number, "ended", number)
        yield DueInstance(identity, at_wall(day, parameters.time, context))


class MilestoneLate(Message):
    time: WallTime = "09:00"


def _milestone_late(history: History, parameters: MilestoneLate, context: TimeContext) -> Iterator[DueInstance]:
    """On the day after the day of a milestone that is not done."""
    contract = contract_of(history)
    if contract.state != "running":
        return
    for milestone, (done, due_on) in contract.milestones.items():
        if not done and due_on is not None:
            due_at = at_wall(day_after(due_on), parameters.time, context)
            values = {"milestone": milestone, "day": day_text(due_on)}
            yield DueInstance(identity_of("milestone", milestone), due_at, placeholders=values)


CONTRACT_RENEWAL = DueFunction("contract-renewal", CONTRACT, Renewal, _renewal, gives=frozenset({"days"}))
TERM_ENDED = DueFunction("term-ended", CONTRACT, TermEnded, _term_ended)
MILESTONE_LATE = DueFunction(
    "milestone-late", CONTRACT, MilestoneLate, _milestone_late, gives=frozenset({"milestone", "day"})
)
