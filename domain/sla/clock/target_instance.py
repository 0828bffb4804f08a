"""What is known of one target instance: its facts, appended and never edited, and what they add up to."""

from typing import Any, Literal, NamedTuple

from domain.sla.calendar.microseconds import SECOND, from_microseconds
from domain.sla.events import Before, InstanceId, WarningPoint
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import BoundTarget, SelectablePolicy
from domain.ticket.state import Ticket

FactKind = Literal["activated", "paused", "resumed", "retargeted", "warned", "breached", "fulfilled", "cancelled"]
ClockState = Literal["running", "paused", "fulfilled", "cancelled"]
Verdict = Literal["met", "breached"]


class Cause(NamedTuple):
    """The event that a fact follows from."""

    topic: str
    position: int


class Fact(NamedTuple):
    """Something that happened to an instance, ``at`` microseconds since the epoch. Time alone causes no ``cause``.

    ``resumed`` is also how a fulfilment or a cancellation is taken back, and what ran while the ticket was resolved.
    ``waiting_for`` stands in ``paused``, ``fraction`` (the share of the target that was used up) in ``warned``, with
    ``before`` where the warning point is said in seconds before the deadline, ``old`` in ``retargeted``, ``new`` in
    ``activated`` and ``retargeted``. ``due_at`` is the deadline that ``warned`` and ``breached`` speak of, whatever
    came later; None where a pause left it open.
    """

    kind: FactKind
    at: int
    cause: Cause | None = None
    waiting_for: str | None = None
    fraction: float | None = None
    before: int | None = None
    old: BoundTarget | None = None
    new: BoundTarget | None = None
    due_at: int | None = None

    @property
    def point(self) -> WarningPoint | None:
        """The warning point of ``warned``, as the policy says it."""
        return self.fraction if self.before is None else Before(self.before)

    def as_json(self) -> dict[str, Any]:
        """What it tells, instants in ISO 8601, targets in seconds; what does not apply is left out."""
        told: dict[str, Any] = {"kind": self.kind, "at": from_microseconds(self.at).isoformat()}
        if self.cause is not None:
            told |= {"cause": self.cause.topic, "position": self.cause.position}
        if self.waiting_for is not None:
            told["waiting_for"] = self.waiting_for
        if self.fraction is not None:
            told["fraction"] = self.fraction
        if self.before is not None:
            told["before_seconds"] = self.before
        if self.due_at is not None:
            told["due_at"] = from_microseconds(self.due_at).isoformat()
        for name, promise in (("old", self.old), ("new", self.new)):
            if promise is not None:
                calendar = {"calendar": promise.calendar.name, "calendar_version": promise.calendar.version}
                told[name] = {"seconds": promise.duration // SECOND, **calendar}
        return told


class TargetInstance(NamedTuple):
    """One target instance as its facts leave it. Instants are microseconds since the epoch, durations microseconds.

    - ``number`` counts the instances of a target on a ticket from 1, in the order of the world: a late fact may change
      it. ``activated_by``, the version of the event that activated the instance, tells it apart for ever.
    - ``ticket`` is the ticket when the instance ended, or as it is while it has not: the priority, category, team and
      agent that the instance counts for.
    - ``activated_at`` is the instant it counts from; ``segments`` are when it ran, ``elapsed`` the part of them that is
      open on the calendar. While it runs, what began at ``running_since`` is not yet in either.
    - ``paused`` is the real time it was paused. Time spent resolved, merged or cancelled is in neither sum.
    - ``due_at`` is the earliest instant at which the elapsed time equals the target; it stands still once the instance
      has ended, and is None while a pause leaves it open. ``due_open_at`` is the opening after it when it is a closing.
    - ``late_after``: it is breached at any instant after this one, unless it ends or pauses until then.
    - ``ran_on`` are the resolutions and closings by a bot that did not stop it, each with its instant.
    - ``breached_at`` is the instant after which it was late, known from its facts; ``warnings`` those still to come.
    """

    target: TargetName
    number: int
    activated_by: int
    edition: SelectablePolicy
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
    ran_on: tuple[tuple[int, Cause], ...]
    segments: tuple[tuple[int, int], ...]

    @property
    def ids(self) -> tuple[InstanceId, InstanceId]:
        """What it is called in the log: by what activated it, and in what is older than that by its present number."""
        return InstanceId(self.target, self.activated_by), InstanceId(self.target, number=self.number)

    @property
    def verdict(self) -> Verdict | None:
        """Breached means elapsed > target, however it ended; met, that it was fulfilled without; None, neither (yet).

        Cancelled when it was late it stays breached: otherwise cancelling late tickets would mend the compliance.
        """
        if self.breached_at is not None:
            return "breached"
        return "met" if self.state == "fulfilled" else None
