"""What becomes due of a ticket: replies, call-backs, waiting, ratings, closing."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.due.due_function import DueFunction, History
from domain.due.instance import DueInstance, identity_of
from domain.due.schedule import DayCounts, Delay, Durations, open_days_later
from domain.due.time_context import TimeContext
from domain.messages import Message, Word, one_or_more
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.clock.clock import clocks
from domain.template.placeholders import minute_text
from domain.ticket import events as e
from domain.ticket.state import RESOLVED, Ticket
from domain.ticket.timeline import LifeStep, life_of

TICKET = frozenset({"ticket"})


class ReplyDue(Message):
    """``fractions`` are shares of the target next_response; at 1 it is over."""

    fractions: Annotated[
        tuple[Annotated[float, Field(gt=0, le=1)], ...],
        BeforeValidator(one_or_more),
        Field(min_length=1, max_length=20),
    ] = (0.75, 1.0)


def _reply_due(history: History, parameters: ReplyDue, context: TimeContext) -> Iterator[DueInstance]:
    """By the target instances of next_response that run: due where their open time reaches a share of the target."""
    for instance in clocks(history, context.policy_history, None, context.tiers):
        if instance.target != "next_response" or instance.state != "running" or instance.running_since is None:
            continue
        for fraction in parameters.fractions:
            left = max(round(instance.promise.duration * fraction) - instance.elapsed, 0)
            at = instance.promise.calendar.time.add_us(instance.running_since, left)
            identity = identity_of("next_response", instance.activated_by, f"{fraction:g}")
            yield DueInstance(identity, from_microseconds(at))


class CallBack(Message):
    """``before`` says how long before the promised instant; 0 is at it."""

    before: Durations = (900, 0)


def _call_back(history: History, parameters: CallBack, context: TimeContext) -> Iterator[DueInstance]:
    """Of each promise, identified by the version of its event, until it is kept or withdrawn or the ticket ends."""
    promises: dict[int, datetime] = {}
    for event in history:
        match event.payload:
            case e.CallbackPromised(at=at):
                promises[event.version] = at
            case e.CallbackKept(promise=promise) | e.CallbackWithdrawn(promise=promise):
                promises.pop(promise, None)
            case _:
                pass
    if not promises or not _last(life_of(history)).is_open:
        return
    for promise, at in promises.items():
        for number, seconds in enumerate(parameters.before, 1):
            values = {"callback_at": minute_text(at, context.zone_at(at))}
            yield DueInstance(
                identity_of("promise", promise, number), at - timedelta(seconds=seconds), placeholders=values
            )


class WaitingForCustomer(Message):
    """So many open days after the customer was asked, each a reminder of its own. ``calendar`` says which are open."""

    open_days: DayCounts = (2, 5, 10)
    calendar: Word | None = None


def _waiting_for_customer(
    history: History, parameters: WaitingForCustomer, context: TimeContext
) -> Iterator[DueInstance]:
    """Until the customer writes, or the ticket waits no longer."""
    hold = _wait(history, {"customer"})
    if hold is None or any(
        isinstance(event.payload, e.MessageReceived) and event.version > hold.event.version for event in history
    ):
        return
    is_open = context.open_days(parameters.calendar, hold.at)
    for number, days in enumerate(parameters.open_days, 1):
        due_at = open_days_later(hold.at, days, is_open, context)
        yield DueInstance(identity_of("hold", hold.event.version, number), due_at)


class WaitingInside(Message):
    """After so many open days, then every open day, at most ``times`` times."""

    open_days: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    times: Annotated[int, Field(strict=True, ge=1, le=100)] = 20
    calendar: Word | None = None


def _waiting_inside(history: History, parameters: WaitingInside, context: TimeContext) -> Iterator[DueInstance]:
    """While the ticket waits for a colleague or a third party."""
    hold = _wait(history, {"internal", "third_party"})
    if hold is None:
        return
    is_open = context.open_days(parameters.calendar, hold.at)
    due_at = open_days_later(hold.at, parameters.open_days - 1, is_open, context)
    values = {"since": minute_text(hold.at, context.zone_at(hold.at))}
    for number in range(1, parameters.times + 1):
        due_at = open_days_later(due_at, 1, is_open, context)
        yield DueInstance(identity_of("hold", hold.event.version, number), due_at, placeholders=values)


class RatingMissing(Message):
    """So long after the resolution, each a reminder of its own, and never later than ``never_after``."""

    after: Durations = (86_400, 259_200)
    never_after: Delay = 604_800


def _rating_missing(history: History, parameters: RatingMissing, _context: TimeContext) -> Iterator[DueInstance]:
    """Until the resolution is rated, or taken back."""
    steps = life_of(history)
    resolution = _resolution(steps)
    if resolution is None or _last(steps).rating is not None:
        return
    last = resolution.at + timedelta(seconds=parameters.never_after)
    for number, seconds in enumerate(parameters.after, 1):
        if seconds <= parameters.never_after:
            due_at = resolution.at + timedelta(seconds=seconds)
            yield DueInstance(identity_of("resolution", resolution.event.version, number), due_at, last)


class Resolved(Message):
    """A time after the resolution, or a number of open days after it."""

    after: Delay | None = None
    open_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None
    calendar: Word | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.after is None) == (self.open_days is None):
            raise ValueError("give after or open_days, one of them")
        return self


def _resolved(history: History, parameters: Resolved, context: TimeContext) -> Iterator[DueInstance]:
    """While the ticket is resolved and not closed."""
    steps = life_of(history)
    resolution = _resolution(steps)
    if resolution is None or _last(steps).state != "resolved":
        return
    if parameters.open_days is None:
        due_at = resolution.at + timedelta(seconds=parameters.after or 0)
    else:
        is_open = context.open_days(parameters.calendar, resolution.at)
        due_at = open_days_later(resolution.at, parameters.open_days, is_open, context)
    yield DueInstance(identity_of("resolution", resolution.event.version), due_at)


def hold_until(steps: Sequence[LifeStep]) -> DueInstance | None:
    """When a ticket with these steps, which is on hold until an instant, is resumed; None when no hold says so.

    An imported hold ended in another system.
    """
    if _last(steps).state != "waiting":
        return None
    hold = next((step.event for step in reversed(steps) if isinstance(step.event.payload, e.TicketPutOnHold)), None)
    if hold is None or hold.is_imported or hold.payload.until is None:
        return None
    return DueInstance(identity_of("hold", hold.version), hold.payload.until)


def _wait(history: History, waiting_for: set[str]) -> LifeStep | None:
    """The step with which the present wait began; None unless the ticket waits for one of these."""
    steps = life_of(history)
    ticket = _last(steps)
    if ticket.state != "waiting" or ticket.waiting_for not in waiting_for:
        return None
    began: LifeStep = next(step for step in reversed(steps) if step.before.waiting_for != ticket.waiting_for)
    return began


def _last(steps: Sequence[LifeStep]) -> Ticket:
    """The ticket after all its steps."""
    return steps[-1].after if steps else Ticket()


def _resolution(steps: Sequence[LifeStep]) -> LifeStep | None:
    """The step that resolved a ticket, or closed it unresolved; None unless it still is."""
    if _last(steps).state not in RESOLVED:
        return None
    return next((step for step in reversed(steps) if step.crossing in RESOLVED), None)


REPLY_DUE = DueFunction("reply-due", TICKET, ReplyDue, _reply_due)
CALL_BACK = DueFunction("call-back", TICKET, CallBack, _call_back, gives=frozenset({"callback_at"}))
WAITING_FOR_CUSTOMER = DueFunction("waiting-for-customer", TICKET, WaitingForCustomer, _waiting_for_customer)
WAITING_INSIDE = DueFunction("waiting-inside", TICKET, WaitingInside, _waiting_inside, gives=frozenset({"since"}))
CSAT_MISSING = DueFunction("csat-missing", TICKET, RatingMissing, _rating_missing)
RESOLVED_FOR = DueFunction("resolved-for", TICKET, Resolved, _resolved)
