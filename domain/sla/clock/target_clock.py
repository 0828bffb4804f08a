"""The clock of one target instance as a ticket's life is walked through: it runs, pauses, notes what it passes."""

from collections.abc import Callable

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarRangeError
from domain.sla.clock.target_instance import Cause, ClockState, Fact, TargetInstance
from domain.sla.events import Before, WarningPoint
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import BoundTarget, SelectablePolicy
from domain.ticket.state import Ticket


class TargetClock:
    """Told what happens in the order of the world; instants in microseconds, never falling.

    A clock may be promised nothing for a while: the rule that selects the ticket just then has no such target. It goes
    on unseen, so that a promise made later counts from the same origin.
    """

    __slots__ = (
        "_breached_at",
        "_elapsed",
        "_ended_running",
        "_facts",
        "_finished_at",
        "_paused",
        "_promise",
        "_promised",
        "_ran_on",
        "_resolved_at",
        "_segments",
        "_since",
        "_state",
        "_ticket",
        "_warned",
        "activated_by",
        "edition",
        "origin",
        "position",
        "target",
    )

    def __init__(self, target: TargetName, edition: SelectablePolicy, origin: int, activated_by: RecordedEvent) -> None:
        self.target = target
        self.edition = edition
        self.origin = origin
        self.activated_by = activated_by.version
        self.position = activated_by.position
        self._promise: BoundTarget | None = None
        self._promised = False
        self._state: ClockState = "running"
        self._since = origin  # when it began to run or to pause, whichever it does
        self._elapsed = 0
        self._paused = 0
        self._ticket: Ticket | None = None
        self._finished_at: int | None = None
        self._ended_running = False
        self._resolved_at: int | None = None  # while it runs on until the ticket is closed
        self._breached_at: int | None = None
        self._warned: frozenset[WarningPoint] = frozenset()
        self._facts: list[Fact] = []
        self._ran_on: list[tuple[int, Cause]] = []
        self._segments: list[tuple[int, int]] = []

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._finished_at is None

    @property
    def is_fulfilled(self) -> bool:
        """Whether it ended by what it asks for."""
        return self._state == "fulfilled"

    @property
    def until_closed(self) -> bool:
        """Whether it is the closing, not the resolution, that it measures."""
        return self._promise is not None and self._promise.until_closed

    def promise_is(self, promise: BoundTarget | None, at: int, cause: Cause) -> None:
        """The target from now on; origin and pauses are kept, all of it is counted on the new calendar."""
        old = self._promise if self._promised else None
        if promise == old:
            return
        self._count_until(at)
        if promise is None:
            self._promised = False
            self._facts.append(Fact("cancelled", at, cause))
            return
        self._promise, self._promised = promise, True
        if old is not None:
            self._facts.append(Fact("retargeted", at, cause, old=old, new=promise))
        else:
            self._facts.append(Fact("resumed" if self._facts else "activated", at, cause, new=promise))
        if old is None or old.calendar != promise.calendar:
            self._elapsed = self._elapsed_on(promise)
        self._note_passed(promise, at, at, self._elapsed)

    def wait(self, waiting_for: str | None, at: int, cause: Cause) -> None:
        """The ticket waits for somebody, or for nobody: pause or go on, as promised."""
        pausing = self._promised and self._promise is not None and waiting_for in self._promise.pauses
        if pausing and self._state == "running":
            self._count_until(at)
            self._state = "paused"
            self._facts.append(Fact("paused", at, cause, waiting_for))
        elif not pausing and self._state == "paused":
            self._count_until(at)
            self._state = "running"
            if self._promised:
                self._facts.append(Fact("resumed", at, cause))

    def end(self, state: ClockState, at: int, cause: Cause, ticket: Ticket) -> None:
        """Fulfilled or cancelled; what has ended already stays as it is."""
        if self._finished_at is not None:
            return
        self._count_until(at)
        self._ended_running = self._state == "running"
        self._state, self._finished_at, self._ticket = state, at, ticket
        if self._promised:
            self._facts.append(Fact("fulfilled" if state == "fulfilled" else "cancelled", at, cause))

    def run_on(self, at: int, cause: Cause) -> None:
        """The ticket ends by what does not answer the customer: the clock does not stop."""
        if self._promised:
            self._ran_on.append((at, cause))

    def go_on(self, at: int, cause: Cause) -> None:
        """The end is taken back; the time since does not count."""
        self._state, self._since = "running", at
        self._finished_at = self._ticket = None
        if self._promised:
            self._facts.append(Fact("resumed", at, cause))

    def resolve(self, at: int) -> None:
        """The ticket is resolved, which does not end it: it runs on."""
        if self._resolved_at is None:
            self._resolved_at = at

    def leave_out_resolved(self, at: int, cause: Cause) -> None:
        """The ticket is reopened: what ran since it was resolved does not count; what came true meanwhile stays."""
        since, self._resolved_at = self._resolved_at, None
        if since is None:
            return
        self._count_until(at)
        self._segments = [(start, min(end, since)) for start, end in self._segments if start < since]
        if self._promise is not None:
            self._elapsed = self._elapsed_on(self._promise)
        if self._promised and self.is_alive:
            self._facts.append(Fact("resumed", at, cause))

    def _elapsed_on(self, promise: BoundTarget) -> int:
        elapsed = promise.calendar.time.elapsed_us
        return sum([elapsed(start, end) for start, end in self._segments])

    def _count_until(self, at: int) -> None:
        """Add what ran or was paused until now, and begin anew."""
        since, self._since = self._since, at
        if since == at or self._finished_at is not None:
            return
        if self._state == "paused":
            self._paused += at - since
            return
        self._segments.append((since, at))
        if self._promised and self._promise is not None:
            elapsed = self._elapsed + self._promise.calendar.time.elapsed_us(since, at)
            self._note_passed(self._promise, since, at, elapsed)
            self._elapsed = elapsed

    def _note_passed(self, promise: BoundTarget, since: int, until: int, elapsed: int) -> None:
        """Warnings reached, and the target passed, between two instants that end with this much elapsed."""
        time = promise.calendar.time
        for point, used in promise.warnings:
            if used <= elapsed and point not in self._warned:
                at = time.add_us(since, used - self._elapsed) if since < until and used > self._elapsed else since
                self._warned |= {point}
                fraction, before = (
                    (used / promise.duration, point.seconds) if isinstance(point, Before) else (point, None)
                )
                self._facts.append(Fact("warned", at, fraction=fraction, before=before, due_at=self._due(promise)))
        if self._breached_at is None and elapsed > promise.duration:
            at = time.next_opening_us(time.add_us(since, promise.duration - self._elapsed)) if since < until else until
            self._breached_at = at
            self._facts.append(Fact("breached", at, due_at=self._due(promise)))

    def instance(self, number: int, ticket: Ticket, at: int | None) -> TargetInstance | None:
        """The instance at an instant not before the last one told, or, for None, as far as its facts say.

        None when it was never promised.
        """
        promise = self._promise
        if promise is None:
            return None
        if at is not None:
            self._count_until(at)
        finished_at = self._finished_at if self._promised else self._facts[-1].at
        runs = self._promised and self._state == "running"
        due_at = self._due(promise)
        opening = None if due_at is None else _if_covered(promise.calendar.time.next_opening_us, due_at)
        late_after = self._breached_at
        if late_after is None and runs and due_at is not None:
            late_after = _if_covered(promise.calendar.time.next_opening_us, max(due_at, self._since))
        return TargetInstance(
            target=self.target,
            number=number,
            activated_by=self.activated_by,
            edition=self.edition,
            promise=promise,
            ticket=self._ticket or ticket,
            state=self._state if self._promised else "cancelled",
            activated_at=self.origin,
            running_since=self._since if runs else None,
            elapsed=self._elapsed,
            paused=self._paused,
            due_at=due_at,
            due_open_at=opening if opening != due_at else None,
            late_after=late_after,
            breached_at=self._breached_at,
            finished_at=finished_at,
            warnings=self._warnings_to_come(promise) if runs else (),
            facts=tuple(self._facts),
            ran_on=tuple(self._ran_on),
            segments=tuple([run for run in self._segments if finished_at is None or run[1] <= finished_at]),
        )

    def _due(self, promise: BoundTarget) -> int | None:
        """The earliest instant at which the elapsed time equals the target, if it runs on from its last segment."""
        time, left = promise.calendar.time, promise.duration
        runs_from: int | None = None
        if self._state == "running":
            runs_from = self._since
        elif self._ended_running:
            runs_from = self._finished_at
        for start, end in self._segments:
            elapsed = time.elapsed_us(start, end)
            if elapsed >= left:
                return time.add_us(start, left)
            left -= elapsed
        return None if runs_from is None else _if_covered(time.add_us, runs_from, left)

    def _warnings_to_come(self, promise: BoundTarget) -> tuple[tuple[WarningPoint, int], ...]:
        time, since, elapsed = promise.calendar.time, self._since, self._elapsed
        expected = [
            (point, _if_covered(time.add_us, since, used - elapsed))
            for point, used in promise.warnings
            if point not in self._warned
        ]
        return tuple([(point, at) for point, at in expected if at is not None])


def _if_covered(found: Callable[..., int], *arguments: int) -> int | None:
    """What a calendar finds, an instant; None when the calendars end before it."""
    try:
        return found(*arguments)
    except CalendarRangeError:
        return None
