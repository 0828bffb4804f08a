"""The recorder of one target instance: it opens and closes intervals while the ticket's steps are walked."""

from typing import Literal

from domain.sla.clock.facts import Cause, Fact
from domain.sla.clock.intervals import (
    ClockRecord,
    Interval,
    IntervalKind,
    due_at,
    facts_of,
    if_covered,
    late_after,
    paused,
    warnings_ahead,
)
from domain.sla.clock.target_instance import ClockState, TargetInstance
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import BoundTarget, SelectablePolicy
from domain.ticket.state import Ticket

_ENDED = ("fulfilled", "cancelled")
_STATES: dict[IntervalKind, ClockState] = {
    "counted": "running",
    "paused": "paused",
    "fulfilled": "fulfilled",
    "cancelled": "cancelled",
}


class TargetClock:
    """Takes what happens in world order; instants in microseconds, never falling. It measures nothing itself.

    While the rule that selects the ticket has no target, the clock goes on unseen: a later target counts from the same
    origin.
    """

    __slots__ = (
        "_closed",
        "_current",
        "_ran_on",
        "_resolved_at",
        "_target",
        "_ticket",
        "activated_by",
        "is_alive",
        "origin",
        "policy",
        "position",
        "target",
    )

    def __init__(
        self,
        target: TargetName,
        policy: SelectablePolicy,
        origin: int,
        activated_by: int,
        cause: Cause,
        bound: BoundTarget | None,
    ) -> None:
        """``activated_by`` is the version of the activating event, which is the ``cause``."""
        self.target = target
        self.policy = policy
        self.origin = origin
        self.activated_by = activated_by
        self.position = cause.position
        self.is_alive = True
        """Whether the instance has not ended."""
        self._target = bound  # the last one in force
        self._ticket: Ticket | None = None  # when the instance ended
        self._resolved_at: int | None = None  # while the clock runs on until the ticket is closed
        self._closed: list[Interval] = []
        self._ran_on: list[tuple[int, Cause]] = []
        if bound is None:
            self._current = Interval("counted", origin, None, None)
        else:
            fact = Fact("activated", origin, cause, new=bound)
            self._current = Interval("counted", origin, None, bound, cause, None, fact)

    @property
    def is_fulfilled(self) -> bool:
        """Whether the instance ended with what its target asks for."""
        return self._current.kind == "fulfilled"

    @property
    def until_closed(self) -> bool:
        """Whether the closing of the ticket, not its resolution, ends the instance."""
        return self._target is not None and self._target.until_closed

    def retarget(self, target: BoundTarget | None, at: int, cause: Cause) -> None:
        """Another target, or none, is in force. Origin and pauses stay; all of it counts on the new calendar."""
        old = self._current.target
        if target == old:
            return
        if target is None:
            fact = Fact("cancelled", at, cause)
        elif old is not None:
            fact = Fact("retargeted", at, cause, old=old, new=target)
        else:
            fact = Fact("activated" if self._target is None else "resumed", at, cause, new=target)
        self._target = target or self._target
        kind, waiting_for = self._current.kind, self._current.waiting_for
        kind_cause = self._current.cause if kind == "paused" and target is not None else cause
        self._begin(Interval(kind, at, None, target, kind_cause, waiting_for, fact))

    def wait(self, waiting_for: str | None, at: int, cause: Cause) -> None:
        """The ticket waits for somebody, or for nobody: the clock pauses or runs on, as its target says."""
        kind, target = self._current.kind, self._current.target
        pauses = target is not None and waiting_for in target.pauses
        if pauses and kind == "counted":
            fact = Fact("paused", at, cause, waiting_for)
            self._begin(Interval("paused", at, None, target, cause, waiting_for, fact))
        elif not pauses and kind == "paused":
            self._begin_seen("counted", "resumed", at, cause)

    def end(self, kind: Literal["fulfilled", "cancelled"], at: int, cause: Cause, ticket: Ticket) -> None:
        """The instance ends; one that has ended stays as it is."""
        if self.is_alive:
            self.is_alive, self._ticket = False, ticket
            self._begin_seen(kind, kind, at, cause)

    def go_on(self, at: int, cause: Cause) -> None:
        """The end is taken back; the time since then does not count."""
        self.is_alive, self._ticket = True, None
        self._begin_seen("counted", "resumed", at, cause)

    def run_on(self, at: int, cause: Cause) -> None:
        """A bot resolves or closes the ticket, which answers nobody: the clock does not stop."""
        if self._current.target is not None:
            self._ran_on.append((at, cause))

    def resolve(self, at: int) -> None:
        """The ticket is resolved, and the clock runs on until it is closed."""
        if self._resolved_at is None:
            self._resolved_at = at

    def take_out_resolved(self, at: int, cause: Cause) -> None:
        """The ticket is reopened: what counted since it was resolved is taken out. Alerts that it brought stay."""
        since, self._resolved_at = self._resolved_at, None
        if since is None:
            return
        current = self._current
        fact = Fact("resumed", at, cause) if self.is_alive and current.target is not None else None
        because = current.cause if fact is None else cause
        self._begin(
            Interval(current.kind, at, None, current.target, because, current.waiting_for, fact, takes_out=True)
        )
        self._closed = [part for interval in self._closed for part in interval.taken_out(since, cause)]

    def _begin_seen(
        self,
        kind: Literal["counted", "fulfilled", "cancelled"],
        fact: Literal["resumed", "fulfilled", "cancelled"],
        at: int,
        cause: Cause,
    ) -> None:
        """Begins an interval with its fact; without a target it has no fact and keeps the cause before it."""
        target = self._current.target
        if target is None:
            self._begin(Interval(kind, at, None, None, self._current.cause))
        else:
            self._begin(Interval(kind, at, None, target, cause, fact=Fact(fact, at, cause)))

    def _begin(self, interval: Interval) -> None:
        self._closed.append(self._current.until(interval.start))
        self._current = interval

    def instance(self, number: int, ticket: Ticket, at: int | None) -> TargetInstance | None:
        """The instance at an instant not before the last step, or, for None, as far as its facts say.

        None when it never had a target.
        """
        target, current = self._target, self._current
        if target is None:
            return None
        intervals, behind = self._until_end(at)
        finished_at = behind[0].start if behind else None
        record = ClockRecord.of(intervals, target)
        facts = (*facts_of(record), *[interval.fact for interval in behind if interval.fact is not None])
        due = due_at(record)
        breaches = [fact.at for fact in facts if fact.kind == "breached"]
        breached_at = breaches[0] if breaches else None
        opening = None if due is None else if_covered(target.calendar.time.next_opening_us, due)
        runs = finished_at is None and current.kind == "counted"
        return TargetInstance(
            target=self.target,
            number=number,
            activated_by=self.activated_by,
            policy=self.policy,
            promise=target,
            ticket=self._ticket or ticket,
            state=_STATES[current.kind] if current.target is not None else "cancelled",
            activated_at=self.origin,
            running_since=record.runs_from if runs else None,
            elapsed=record.elapsed,
            paused=paused(record),
            due_at=due,
            due_open_at=opening if opening != due else None,
            late_after=late_after(record, due) if runs and breached_at is None else breached_at,
            breached_at=breached_at,
            finished_at=finished_at,
            warnings=warnings_ahead(record, facts) if runs else (),
            facts=facts,
            intervals=record.intervals,
            ran_on=tuple(self._ran_on),
        )

    def _until_end(self, at: int | None) -> tuple[list[Interval], list[Interval]]:
        """The intervals until the instance ended, and those behind its end; until ``at`` when it has not ended."""
        if self._current.target is None:
            intervals = [*self._closed, self._current]
            first = 1 + max(number for number, interval in enumerate(intervals) if interval.target is not None)
            return intervals[:first], intervals[first:]
        if self.is_alive:
            return [*self._closed, self._current.until(at)], []
        return self._closed, [self._current]
