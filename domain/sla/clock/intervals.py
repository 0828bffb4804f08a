"""The typed intervals of one target instance, and what follows from them: elapsed and paused time, deadline, alerts.

Every function here is pure. Instants are microseconds since the epoch, durations microseconds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Self

from domain.sla.calendar.business_time import CalendarRangeError
from domain.sla.calendar.microseconds import SECOND
from domain.sla.clock.facts import Cause, Fact
from domain.sla.events import Before, WarningPoint
from domain.sla.policy.policy_history import BoundCalendar, BoundTarget

_NEVER = 2**63
_BREACH = None
"""The breach among the warning points."""

IntervalKind = Literal["counted", "paused", "fulfilled", "cancelled", "resolved"]


class Interval(NamedTuple):
    """What the clock of an instance does from ``start`` to ``end``; ``end`` is None for what goes on.

    - ``kind``: open time elapses while ``counted``. ``resolved`` is what elapsed while the ticket was resolved and a
      reopening took out. Nothing elapses while ``paused``, ``fulfilled`` or ``cancelled``.
    - ``target`` is the target in force; None while the ticket's rule has none.
    - ``cause`` is the event that the kind follows from, ``waiting_for`` the reason of a pause.
    - ``fact`` is the fact that the interval begins with, if any.
    - ``takes_out``: the interval begins with the reopening that takes out the ``resolved`` intervals before it.
    """

    kind: IntervalKind
    start: int
    end: int | None
    target: BoundTarget | None
    cause: Cause | None = None
    waiting_for: str | None = None
    fact: Fact | None = None
    takes_out: bool = False

    def until(self, end: int | None) -> "Interval":
        """The same interval with another end."""
        return Interval(self.kind, self.start, end, *self[3:])

    def taken_out(self, since: int, cause: Cause) -> "Iterator[Interval]":
        """The interval after a reopening takes out what counted after ``since``."""
        if self.kind != "counted" or self.end is None or self.end <= since:
            yield self
            return
        if self.start < since:
            yield self.until(since)
        fact = self.fact if self.start >= since else None
        yield Interval("resolved", max(self.start, since), self.end, self.target, cause, fact=fact)


class ClockRecord(NamedTuple):
    """The intervals of an instance until it ended, each beginning where the one before ends.

    ``target`` is the last one in force. ``open_times`` holds the open time in each interval on the target's calendar,
    ``elapsed`` the sum over the counted ones. The time that is left elapses, or would elapse, from ``runs_from`` on;
    None in a pause.
    """

    intervals: tuple[Interval, ...]
    target: BoundTarget
    open_times: Sequence[int]
    elapsed: int
    runs_from: int | None

    @classmethod
    def of(cls, intervals: Sequence[Interval], target: BoundTarget) -> Self:
        """The record of these intervals; it counts their open times once for all functions of it."""
        opened, last = open_times(intervals, target.calendar), intervals[-1]
        runs_from = None if last.kind == "paused" else last.start if last.end is None else last.end
        return cls(tuple(intervals), target, opened, elapsed(intervals, opened), runs_from)


def open_times(intervals: Iterable[Interval], calendar: BoundCalendar) -> list[int]:
    """The open time in each interval that is or was counted; 0 in the others and in one that goes on."""
    elapsed_us = calendar.time.elapsed_us
    return [
        elapsed_us(interval.start, interval.end)
        if interval.end is not None and interval.kind in {"counted", "resolved"}
        else 0
        for interval in intervals
    ]


def elapsed(intervals: Iterable[Interval], opened: Iterable[int]) -> int:
    """The open time of the counted intervals; ``opened``: that of each interval."""
    pairs = zip(intervals, opened, strict=True)
    return sum([open_time for interval, open_time in pairs if interval.kind == "counted"])


def paused(record: ClockRecord) -> int:
    """The real time of the paused intervals, without one that goes on."""
    return sum(
        [
            interval.end - interval.start
            for interval in record.intervals
            if interval.kind == "paused" and interval.end is not None
        ]
    )


def due_at(record: ClockRecord) -> int | None:
    """The earliest instant at which the elapsed time equals the target, if the clock runs on as it did last.

    None when a pause leaves it open, and when the calendar ends before it.
    """
    if record.elapsed < record.target.duration:
        return _due_ahead(record.target, record.elapsed, record.runs_from)
    counted = [number for number, interval in enumerate(record.intervals) if interval.kind == "counted"]
    return _due_behind(record.target, record.intervals, record.open_times, counted)


def late_after(record: ClockRecord, due: int | None) -> int | None:
    """The last instant that is in time: ``due``, or the opening after it; None when no deadline is known."""
    if due is None or record.runs_from is None:
        return None
    return if_covered(record.target.calendar.time.next_opening_us, max(due, record.runs_from))


def warnings_ahead(record: ClockRecord, facts: Iterable[Fact]) -> tuple[tuple[WarningPoint, int], ...]:
    """The warning points that ``facts`` do not hold, each with its instant if the clock runs on."""
    since = record.runs_from
    if since is None or not record.target.warnings:
        return ()
    warned = {fact.point for fact in facts if fact.kind == "warned"}
    add_us = record.target.calendar.time.add_us
    expected = [
        (point, if_covered(add_us, since, mark - record.elapsed))
        for point, mark in record.target.warnings
        if point not in warned
    ]
    return tuple([(point, at) for point, at in expected if at is not None])


def facts_of(record: ClockRecord) -> tuple[Fact, ...]:
    """All facts in order: those that intervals begin with, and the warnings and the breach that time brings.

    A warning point is passed, and the target is breached, once; no later interval takes it back.
    """
    facts: list[Fact] = []
    passed: set[WarningPoint | None] = set()
    target: BoundTarget | None = None
    marks: Sequence[tuple[WarningPoint | None, int]] = ()
    opened: Sequence[int] = ()
    used = next_mark = 0
    for number, interval in enumerate(record.intervals):
        if interval.fact is not None:
            facts.append(interval.fact)
        changed = interval.takes_out or interval.target is not target
        target = interval.target
        if target is None:
            continue
        if changed:
            marks = (*target.warnings, (_BREACH, target.duration + 1))
            next_mark = min([mark for point, mark in marks if point not in passed], default=_NEVER)
            opened = record.open_times
            if target.calendar != record.target.calendar:
                opened = open_times(record.intervals, target.calendar)
            used = sum([opened[before] for before in _counted_then(record.intervals, number)]) if number else 0
        after = used + opened[number]
        if after >= next_mark:
            due = _due_then(record.intervals, number, target, opened, used)
            for point, mark in marks:
                if mark <= after and point not in passed:
                    facts.append(_passed(point, mark - used, target, interval.start, due))
                    passed.add(point)
            next_mark = min([mark for point, mark in marks if point not in passed], default=_NEVER)
        used = after
    return tuple(facts)


def _passed(point: WarningPoint | None, left: int, target: BoundTarget, start: int, due: int | None) -> Fact:
    """The fact that the clock passes a mark ``left`` after ``start``, at ``start`` when ``left`` is not positive."""
    time = target.calendar.time
    if point is _BREACH:
        # The mark lies a microsecond behind the target: what stops at a closing, or at the opening after it, is met.
        return Fact("breached", time.next_opening_us(time.add_us(start, left - 1)) if left > 0 else start, due_at=due)
    at = time.add_us(start, left) if left > 0 else start
    if isinstance(point, Before):
        fraction = (target.duration - point.seconds * SECOND) / target.duration
        return Fact("warned", at, fraction=fraction, before=point.seconds, due_at=due)
    return Fact("warned", at, fraction=point, due_at=due)


def if_covered(function: Callable[..., int], *arguments: int) -> int | None:
    """The instant that a calendar answers; None when the calendar ends before it."""
    try:
        return function(*arguments)
    except CalendarRangeError:
        return None


def _counted_then(intervals: Sequence[Interval], end: int) -> list[int]:
    """The numbers of the intervals before ``end`` that counted when it began."""
    taken_out = next((number for number in range(end, -1, -1) if intervals[number].takes_out), 0)
    return [
        number
        for number, interval in enumerate(intervals[:end])
        if interval.kind == "counted" or (interval.kind == "resolved" and number >= taken_out)
    ]


def _due_then(
    intervals: Sequence[Interval], number: int, target: BoundTarget, opened: Sequence[int], used: int
) -> int | None:
    """The deadline of ``target`` as it stands in an interval that begins with ``used`` elapsed."""
    if used < target.duration:
        return _due_ahead(target, used, None if intervals[number].kind == "paused" else intervals[number].start)
    return _due_behind(target, intervals, opened, _counted_then(intervals, number))


def _due_ahead(target: BoundTarget, used: int, runs_from: int | None) -> int | None:
    return None if runs_from is None else if_covered(target.calendar.time.add_us, runs_from, target.duration - used)


def _due_behind(
    target: BoundTarget, intervals: Sequence[Interval], opened: Sequence[int], counted: Iterable[int]
) -> int | None:
    """The deadline within the ``counted`` intervals, in which more than the target elapsed."""
    left = target.duration
    for number in counted:
        if opened[number] >= left:
            return target.calendar.time.add_us(intervals[number].start, left)
        left -= opened[number]
    return None
