"""One target instance: its facts, its intervals, and what they add up to."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from domain.sla.clock.facts import Cause, Fact
from domain.sla.clock.intervals import Interval
from domain.sla.events import InstanceId, WarningPoint
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import BoundTarget, SelectablePolicy
from domain.ticket.state import Ticket

ClockState = Literal["running", "paused", "fulfilled", "cancelled"]
Verdict = Literal["met", "breached"]


class TargetInstance(NamedTuple):
    """One target instance as its intervals leave it. Instants are microseconds since the epoch, durations microseconds.

    - ``number`` counts the instances of a target on a ticket from 1, in world order; a late fact may change it.
      ``activated_by``, the version of the event that activated the instance, never changes.
    - ``ticket`` is the ticket when the instance ended, or its present state: the priority, category, team and agent
      that the instance counts for.
    - ``activated_at`` is the instant it counts from; ``intervals`` follow from there until it ended.
    - ``elapsed`` is the open time of the counted intervals, ``paused`` the real time of the paused ones. What runs
      since ``running_since`` is in neither. Time spent resolved, merged or cancelled is in neither.
    - ``due_at`` is the earliest instant at which the elapsed time equals the target. It stands still once the instance
      has ended, and is None while a pause leaves it open. ``due_open_at`` is the opening after a ``due_at`` that is a
      closing.
    - ``late_after``: at any later instant the instance is breached, unless it ends or pauses before.
    - ``breached_at`` is the instant after which it was late; ``warnings`` are the points to come, with their instants.
    - ``ran_on`` holds the resolutions and closings by a bot that did not stop the clock, each with its instant.
    """

    target: TargetName
    number: int
    activated_by: int
    policy: SelectablePolicy
    promise: BoundTarget
    ticket: Ticket
    state: ClockState
    activated_at: int
    running_since: int | None
    elapsed: int
    paused: int
    due_at: int | None
    due_open_at: int | None
    late_after: int | None
    breached_at: int | None
    finished_at: int | None
    warnings: tuple[tuple[WarningPoint, int], ...]
    facts: tuple[Fact, ...]
    intervals: tuple[Interval, ...]
    ran_on: tuple[tuple[int, Cause], ...]

    @property
    def ids(self) -> tuple[InstanceId, InstanceId]:
        """Its ids in the log: by what activated it, and, in events of schema version 1, by its number."""
        return InstanceId(self.target, self.activated_by), InstanceId(self.target, number=self.number)

    @property
    def verdict(self) -> Verdict | None:
        """Breached: more than the target elapsed, however it ended. Met: fulfilled in time. None: neither, so far.

        An instance that is cancelled late stays breached: otherwise cancelling late tickets would improve compliance.
        """
        if self.breached_at is not None:
            return "breached"
        return "met" if self.state == "fulfilled" else None

    @property
    def gaps(self) -> Sequence[Interval]:
        """The intervals since it was breached in which its rule had no target, and it was not late."""
        if self.breached_at is None:
            return ()
        return [each for each in self.intervals if each.target is None and each.start >= self.breached_at]
