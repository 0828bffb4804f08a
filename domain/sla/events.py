"""Everything that the SLA records on the stream of a ticket: alerts and corrected verdicts."""

from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

from domain.messages import Event, Instant, Message


class InstanceId(NamedTuple):
    """Identifies an instance of a target by ``activated_by``, the version of the event that activated it.

    Events of schema version 1 hold the ``number`` of the instance instead.
    """

    target: str
    activated_by: int | None = None
    number: int | None = None


class Before(NamedTuple):
    """A warning point ``seconds`` of business time before the deadline."""

    seconds: int


WarningPoint = float | Before
"""Where a warning is due: at a share of the target that is used up, or at a time before the deadline."""

BREACH = 1.0
"""The point of a breach, among warning points."""


class OfTargetInstance(Event):
    """An event about one target instance.

    ``instance`` is its number among those of the target when the event was recorded. ``activated_by`` is the version of
    the event that activated it, None in events of schema version 1.
    """

    schema_version: ClassVar[int] = 2
    in_figures = False
    target: str
    instance: int
    activated_by: int | None

    @property
    def of(self) -> InstanceId:
        """The id of the instance."""
        if self.activated_by is None:
            return InstanceId(self.target, number=self.instance)
        return InstanceId(self.target, self.activated_by)


class SlaWarned(OfTargetInstance):
    """A target instance reached a warning point. ``fraction`` is the share of the target that was used up.

    ``before``: the seconds before the deadline that the policy names; None when the policy names a share.
    """

    topic = "ticket.sla_warned"
    fraction: float
    before: int | None = None
    reached_at: datetime
    due_at: datetime

    @property
    def point(self) -> WarningPoint:
        """The warning point as the policy names it."""
        return self.fraction if self.before is None else Before(self.before)


class SlaBreached(OfTargetInstance):
    """A target instance passed its deadline ``due_at``, however late this was noticed."""

    topic = "ticket.sla_breached"
    due_at: datetime

    @property
    def point(self) -> WarningPoint:
        """Always BREACH."""
        return BREACH


class SlaResult(Message):
    """The verdict on a fulfilled target instance, with the versions that it rests on.

    ``due_at`` is None when a pause left the deadline open.
    """

    verdict: Literal["met", "breached"]
    due_at: Instant | None
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int


class SlaCorrected(OfTargetInstance):
    """Somebody corrected the verdict on a target instance; the facts of its clock stay as they are.

    ``was`` counted until then, ``now`` counts since. ``ended_at`` is the end that was judged: the correction does not
    apply to an instance that is reopened and ends anew.
    """

    topic = "ticket.sla_corrected"
    ended_at: datetime
    was: SlaResult
    now: SlaResult


TargetInstanceEvent = SlaWarned | SlaBreached | SlaCorrected


def _without_activation(payload: dict[str, object]) -> dict[str, object]:
    return payload | {"activated_by": None}


UPCASTERS = {(cls.topic, 1): _without_activation for cls in (SlaWarned, SlaBreached, SlaCorrected)}
"""By topic and the schema version of the payload that they take."""
