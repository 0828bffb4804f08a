"""Which warnings and breaches of a ticket's clocks its history announces, and which are still to be announced."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from domain.envelope import RecordedEvent
from domain.sla.clock.facts import Fact
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.events import BREACH, Before, InstanceId, SlaBreached, SlaWarned, WarningPoint
from domain.sla.policy.policy import TargetName

Alerted = frozenset[tuple[InstanceId, WarningPoint]]
"""Of which instances, and at which points (BREACH for a breach)."""


class DueAlert(NamedTuple):
    """Something to announce: ``at`` is the instant it is true from, in microseconds since the epoch, ``due_at`` the
    deadline as it stood then. ``number`` and ``activated_by`` are those of the instance. ``fraction`` and ``before``
    say the warning point as in SlaWarned; the fraction of a breach is BREACH.
    """

    at: int
    target: TargetName
    number: int
    activated_by: int
    fraction: float
    before: int | None
    due_at: int

    @property
    def point(self) -> WarningPoint:
        """What is announced once: BREACH, or the warning point as the policy says it."""
        return self.fraction if self.before is None else Before(self.before)


ANNOUNCEMENT_ORDER = attrgetter("at", "target", "number", "activated_by", "fraction")
"""The order in which announcements are made; of two points that are reached at once, either may be first."""


def recorded_alerts(history: Sequence[RecordedEvent]) -> Alerted:
    """What the history announces; what names a number alone is matched by it (`TargetInstance.ids`)."""
    alerts = [event.payload for event in history if type(event.payload) in {SlaWarned, SlaBreached}]
    return frozenset((alert.of, alert.point) for alert in alerts)


def due_alerts(instance: TargetInstance, announced: Alerted) -> Iterator[DueAlert]:
    """What the instance's facts say has come true and no event announces yet; a breach comes after its deadline."""
    for point, fact in _passed(instance):
        if not _is_announced(instance, point, announced):
            fraction = BREACH if fact.fraction is None else fact.fraction
            number, activated_by, due_at = instance.number, instance.activated_by, fact.due_at or fact.at
            yield DueAlert(fact.at, instance.target, number, activated_by, fraction, fact.before, due_at)


def next_announcement(instance: TargetInstance, announced: Alerted) -> int | None:
    """The instant, in microseconds since the epoch, after which there is something to announce if nothing happens."""
    moments = [*((point, fact.at) for point, fact in _passed(instance)), *instance.warnings]
    if instance.breached_at is None and instance.late_after is not None:
        moments.append((BREACH, instance.late_after))
    return min([at for point, at in moments if not _is_announced(instance, point, announced)], default=None)


def _is_announced(instance: TargetInstance, point: WarningPoint, announced: Alerted) -> bool:
    return bool(announced) and any((identity, point) in announced for identity in instance.ids)


def _passed(instance: TargetInstance) -> Iterator[tuple[WarningPoint, Fact]]:
    for fact in instance.facts:
        if fact.kind == "warned" and fact.point is not None:
            yield fact.point, fact
        elif fact.kind == "breached":
            yield BREACH, fact
