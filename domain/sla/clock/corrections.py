"""Corrected verdicts of target instances that have ended, beside the results of their clocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.envelope import RecordedEvent
from domain.messages import Message
from domain.sla.calendar.microseconds import instant_or_none
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.events import InstanceId, SlaCorrected, SlaResult

VerdictCorrections = Mapping[InstanceId, RecordedEvent]
"""The last correction of each instance."""


class VerdictCorrection(Message):
    """A decision that another result of an instance counts: ``was`` until then, ``now`` since."""

    at: datetime
    by: str
    reason: str | None
    was: SlaResult
    now: SlaResult


def corrections_in(history: Sequence[RecordedEvent], at: datetime | None = None) -> VerdictCorrections:
    """The last correction of each instance in recorded order; ``at``: of those made by then."""
    return {
        event.payload.of: event
        for event in history
        if type(event.payload) is SlaCorrected and (at is None or event.envelope.occurred_at <= at)
    }


def correction_of(instance: TargetInstance, corrections: VerdictCorrections) -> VerdictCorrection | None:
    """The correction in force; None also when the last one belongs to another end, taken back or moved since."""
    if not corrections:
        return None
    known = [corrections[instance_id] for instance_id in instance.ids if instance_id in corrections]
    event = max(known, key=lambda event: event.version, default=None)
    if (
        event is None
        or instance.state != "fulfilled"
        or event.payload.ended_at != instant_or_none(instance.finished_at)
    ):
        return None
    return VerdictCorrection(
        at=event.envelope.occurred_at,
        by=event.envelope.actor.id,
        reason=event.envelope.reason,
        was=event.payload.was,
        now=event.payload.now,
    )


def result_of(instance: TargetInstance) -> SlaResult | None:
    """The result of an instance by its clock; None unless it was fulfilled."""
    if instance.state != "fulfilled" or instance.verdict is None:
        return None
    return SlaResult(
        verdict=instance.verdict,
        due_at=instant_or_none(instance.due_at),
        policy=instance.policy.name,
        policy_version=instance.policy.version,
        calendar=instance.promise.calendar.name,
        calendar_version=instance.promise.calendar.version,
    )
