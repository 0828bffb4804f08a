"""The facts of a target instance: what its clock and its ticket's events say of it, appended and never edited."""

from typing import Any, Literal, NamedTuple

from domain.sla.calendar.microseconds import SECOND, from_microseconds
from domain.sla.events import Before, WarningPoint
from domain.sla.policy.policy_history import BoundTarget

FactKind = Literal["activated", "paused", "resumed", "retargeted", "warned", "breached", "fulfilled", "cancelled"]


class Cause(NamedTuple):
    """The event that a fact follows from."""

    topic: str
    position: int


class Fact(NamedTuple):
    """One thing that is true of an instance from ``at`` on, microseconds since the epoch.

    - ``cause`` is None for what time alone brings.
    - ``resumed`` also takes back a fulfilment or a cancellation, and takes out what counted while the ticket was
      resolved.
    - ``waiting_for`` belongs to ``paused``, ``old`` to ``retargeted``, ``new`` to ``activated`` and ``retargeted``.
    - ``fraction`` is the used share of the target at a ``warned``; ``before`` replaces it where the warning point is
      given in seconds before the deadline.
    - ``due_at`` is the deadline as it stands at a ``warned`` or ``breached``; None while a pause leaves it open.
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
        """The warning point of ``warned``, as the policy writes it."""
        return self.fraction if self.before is None else Before(self.before)

    def as_json(self) -> dict[str, Any]:
        """The fact with instants in ISO 8601 and targets in seconds, without the fields that do not apply."""
        fields: dict[str, Any] = {"kind": self.kind, "at": _written(self.at)}
        if self.cause is not None:
            fields |= {"cause": self.cause.topic, "position": self.cause.position}
        if self.waiting_for is not None:
            fields["waiting_for"] = self.waiting_for
        if self.fraction is not None:
            fields["fraction"] = self.fraction
        if self.before is not None:
            fields["before_seconds"] = self.before
        if self.due_at is not None:
            fields["due_at"] = _written(self.due_at)
        for name, target in (("old", self.old), ("new", self.new)):
            if target is not None:
                calendar = {"calendar": target.calendar.name, "calendar_version": target.calendar.version}
                fields[name] = {"seconds": target.duration // SECOND, **calendar}
        return fields


def _written(microseconds: int) -> str:
    """An instant in UTC, as JSON has every other one."""
    return from_microseconds(microseconds).isoformat().replace("+00:00", "Z")
