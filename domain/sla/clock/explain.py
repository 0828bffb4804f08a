"""The explanation of a target instance: what counted, what did not and why, and the sum up to the deadline."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from domain.messages import Message
from domain.sla.calendar.microseconds import DAY, from_microseconds, instant_or_none
from domain.sla.clock.corrections import VerdictCorrection
from domain.sla.clock.facts import Cause, Fact
from domain.sla.clock.intervals import Interval, IntervalKind
from domain.sla.clock.target_instance import ClockState, TargetInstance, Verdict
from domain.sla.policy.policy import TargetName
from domain.zones import TZDATA

_FACT = attrgetter("fact")
_LONGEST_WITH_HOURS = 14 * DAY
"""The longest stretch whose opening hours are listed, in microseconds; it bounds their number."""


class OpenHours(Message):
    """A time in which the calendar is open."""

    start: datetime
    end: datetime


class ExplainedInterval(Message):
    """A time in which the clock does one thing. ``elapsed_us``: what counts of it, on the calendar.

    - ``end`` is None for what goes on when no instant is given.
    - ``open_hours`` lists what counts of a counted stretch of at most 14 days; None for a longer one and other kinds.
    - ``resolved`` is what elapsed while the ticket was resolved and a reopening took out.
    - ``cause`` is the topic of the event that it follows from; for ``resolved``, of that reopening.
    - ``by_bot``: it begins with a resolution or a closing by a bot, which does not stop a response clock.
    - ``old_target_us`` and ``new_target_us``: it begins with another target.
    """

    kind: IntervalKind
    start: datetime
    end: datetime | None
    elapsed_us: int
    open_hours: tuple[OpenHours, ...] | None
    cause: str | None
    waiting_for: str | None
    by_bot: bool
    old_target_us: int | None
    new_target_us: int | None


class Explanation(Message):
    """One target instance, explained. Durations are microseconds of the calendar, ``paused_us`` of real time.

    - ``instance`` is its number, which a late fact may change; ``activated_by`` the version of the event that
      activated it.
    - ``elapsed_us`` is the sum over the stretches. ``remaining_us`` is what is left of the target, negative once it is
      breached.
    - ``due_at`` is None while a pause leaves it open.
    - ``correction`` is what somebody decided to count instead; all other fields are what the clock says.
    - ``time_zones`` names the time zone data of the calendar, with its version.
    """

    target: TargetName
    instance: int
    activated_by: int
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    target_us: int
    state: ClockState
    verdict: Verdict | None
    activated_at: datetime
    stretches: tuple[ExplainedInterval, ...]
    elapsed_us: int
    paused_us: int
    remaining_us: int
    due_at: datetime | None
    due_open_at: datetime | None
    breached_at: datetime | None
    finished_at: datetime | None
    facts: tuple[dict[str, Any], ...]
    correction: VerdictCorrection | None
    time_zones: str


def explain(instance: TargetInstance, correction: VerdictCorrection | None = None) -> Explanation:
    """The explanation of an instance, with the correction that stands beside it."""
    promise = instance.promise
    return Explanation(
        target=instance.target,
        instance=instance.number,
        activated_by=instance.activated_by,
        policy=instance.policy.name,
        policy_version=instance.policy.version,
        calendar=promise.calendar.name,
        calendar_version=promise.calendar.version,
        target_us=promise.duration,
        state=instance.state,
        verdict=instance.verdict,
        activated_at=from_microseconds(instance.activated_at),
        stretches=tuple(_stretches(instance)),
        elapsed_us=instance.elapsed,
        paused_us=instance.paused,
        remaining_us=promise.duration - instance.elapsed,
        due_at=instant_or_none(instance.due_at),
        due_open_at=instant_or_none(instance.due_open_at),
        breached_at=instant_or_none(instance.breached_at),
        finished_at=instant_or_none(instance.finished_at),
        facts=tuple([fact.as_json() for fact in instance.facts]),
        correction=correction,
        time_zones=TZDATA,
    )


def _stretches(instance: TargetInstance) -> Iterator[ExplainedInterval]:
    """The intervals that last, parted where a bot resolved the ticket."""
    bots = dict(reversed(instance.ran_on))
    for _, at_once in groupby(instance.intervals, key=attrgetter("start")):
        beginning = list(at_once)
        last = beginning[-1]
        swap = next((fact for fact in map(_FACT, reversed(beginning)) if fact and fact.kind == "retargeted"), None)
        if last.end == last.start:
            continue
        inside = sorted(at for at in bots if last.start < at and (last.end is None or at < last.end))
        for start, end in zip([last.start, *inside], [*inside, last.end], strict=True):
            yield _stretch(last, start, end, instance, bots.get(start), swap if start == last.start else None)


def _stretch(
    interval: Interval, start: int, end: int | None, instance: TargetInstance, bot: Cause | None, swap: Fact | None
) -> ExplainedInterval:
    """A part of an interval; ``bot``: the resolution by a bot that it begins with, ``swap`` the change of target."""
    counts = interval.kind == "counted"
    unseen = interval.target is None and interval.kind == "fulfilled"
    cause = bot if bot and counts else interval.cause
    elapsed_us, open_hours = 0, None
    if counts and interval.end is not None and end is not None:
        calendar = instance.promise.calendar.time
        elapsed_us = calendar.elapsed_us(start, end)
        if end - start <= _LONGEST_WITH_HOURS:
            open_hours = tuple(
                OpenHours(start=from_microseconds(opens), end=from_microseconds(closes))
                for opens, closes in calendar.open_intervals_us(start, end)
            )
    return ExplainedInterval(
        kind="cancelled" if unseen else interval.kind,
        start=from_microseconds(start),
        end=instant_or_none(end),
        elapsed_us=elapsed_us,
        open_hours=open_hours,
        cause=None if cause is None else cause.topic,
        waiting_for=interval.waiting_for,
        by_bot=counts and bot is not None,
        old_target_us=swap.old.duration if swap is not None and swap.old is not None else None,
        new_target_us=swap.new.duration if swap is not None and swap.new is not None else None,
    )
