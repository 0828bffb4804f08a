"""The typed intervals of one target instance, and what follows from them: elapsed and paused time, deadline, alerts.

Every function here is pure. Instants are microseconds since the epoch, durations microseconds.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Self

from domain.sla.calendar.business_time import CalendarRangeError
from domain.sla.clock.facts import Cause, Fact
from domain.sla.policy.policy_history import BoundCalendar, BoundTarget
from domain.ticket.events import Before, WarningPoint

_NEVER = 2**63
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
    pairs = zip(record.intervals, record.open_times, strict=True)
    counted = [(interval.start, open_time) for interval, open_time in pairs if interval.kind == "counted"]
    return _due_at(record.target, counted, record.runs_from)


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
    warned: set[WarningPoint] = set()
    breached = False
    target: BoundTarget | None = None
    opened: Sequence[int] = ()
    used, next_mark = 0, _NEVER
    for place, interval in enumerate(record.intervals):
        if interval.fact is not None:
            facts.append(interval.fact)
        changed = interval.takes_out or interval.target is not target
        target = interval.target
        if target is None:
            continue
        if changed:
            same_calendar = target.calendar == record.target.calendar
            opened = record.open_times if same_calendar else open_times(record.intervals, target.calendar)
            used = sum([opened[number] for number in _counted_then(record.intervals, place)]) if place else 0
            next_mark = _next_mark(target, warned, breached)
        for after in (used, used + opened[place]) if used + opened[place] >= next_mark else ():
            points = [(point, mark) for point, mark in target.warnings if mark <= after and point not in warned]
            passes = not breached and after > target.duration
            counted = [(record.intervals[n].start, opened[n]) for n in _counted_then(record.intervals, place)]
            due = _due_at(target, counted, None if interval.kind == "paused" else interval.start)
            facts += [_warned(target, point, mark, interval.start, used, due) for point, mark in points]
            warned.update([point for point, _ in points])
            if passes:
                facts.append(Fact("breached", _breached_at(target, interval.start, used), due_at=due))
                breached = True
            next_mark = _next_mark(target, warned, breached)
        used += opened[place]
    return tuple(facts)


def _next_mark(target: BoundTarget, warned: Collection[WarningPoint], breached: bool) -> int:
    """The elapsed time at which the next warning or the breach comes."""
    ahead = [mark for point, mark in target.warnings if point not in warned]
    return min(ahead, default=_NEVER) if breached else min([*ahead, target.duration + 1])


def if_covered(function: Callable[..., int], *arguments: int) -> int | None:
    """The instant that a calendar answers; None when the calendar ends before it."""
    try:
        return function(*arguments)
    except CalendarRangeError:
        return None


def _counted_then(intervals: Sequence[Interval], place: int) -> list[int]:
    """The numbers of the intervals before ``place`` that counted when it began."""
    taken_out = next((number for number in range(place, -1, -1) if intervals[number].takes_out), 0)
    return [
        number
        for number, interval in enumerate(intervals[:place])
        if interval.kind == "counted" or (interval.kind == "resolved" and number >= taken_out)
    ]


def _due_at(target: BoundTarget, counted: Iterable[tuple[int, int]], runs_from: int | None) -> int | None:
    """``counted``: start and open time of each counted interval."""
    left = target.duration
    for start, open_time in counted:
        if open_time >= left:
            return target.calendar.time.add_us(start, left)
        left -= open_time
    return None if runs_from is None else if_covered(target.calendar.time.add_us, runs_from, left)


def _warned(target: BoundTarget, point: WarningPoint, mark: int, start: int, used: int, due: int | None) -> Fact:
    """``mark``: the elapsed time that ``point`` means; ``used``: the elapsed time at ``start``."""
    at = target.calendar.time.add_us(start, mark - used) if mark > used else start
    if isinstance(point, Before):
        return Fact("warned", at, fraction=mark / target.duration, before=point.seconds, due_at=due)
    return Fact("warned", at, fraction=point, due_at=due)


def _breached_at(target: BoundTarget, start: int, used: int) -> int:
    """The last instant in time: a closing is followed by the opening after it."""
    if used > target.duration:
        return start
    time = target.calendar.time
    return time.next_opening_us(time.add_us(start, target.duration - used))
