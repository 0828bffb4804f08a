"""The alerts of a ticket's clocks, warnings and breaches: those that its history holds, and those that are due."""

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
    """An alert that is to be recorded, true from ``at`` on; ``due_at`` is the deadline as it stood then.

    Both are microseconds since the epoch. ``number`` and ``activated_by`` are those of the instance. ``fraction`` and
    ``before`` say the warning point as in SlaWarned; the fraction of a breach is BREACH.
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
        """What is recorded once: BREACH, or the warning point as the policy says it."""
        return self.fraction if self.before is None else Before(self.before)


ALERT_ORDER = attrgetter("at", "target", "number", "activated_by", "fraction")
"""The order in which alerts are recorded; of two points that are reached at once, either may be first."""


def recorded_alerts(history: Sequence[RecordedEvent]) -> Alerted:
    """The alerts in a history; one that names a number alone is matched by it (`TargetInstance.ids`)."""
    alerts = [event.payload for event in history if type(event.payload) in {SlaWarned, SlaBreached}]
    return frozenset((alert.of, alert.point) for alert in alerts)


def due_alerts(instance: TargetInstance, recorded: Alerted) -> Iterator[DueAlert]:
    """The alerts that an instance's facts call for and that are not recorded; a breach comes after its deadline."""
    for point, fact in _passed(instance):
        if not _is_recorded(instance, point, recorded):
            fraction = BREACH if fact.fraction is None else fact.fraction
            number, activated_by, due_at = instance.number, instance.activated_by, fact.due_at or fact.at
            yield DueAlert(fact.at, instance.target, number, activated_by, fraction, fact.before, due_at)


def next_alert(instance: TargetInstance, recorded: Alerted) -> int | None:
    """The instant, in microseconds since the epoch, after which the next alert is due if nothing happens."""
    moments = [*((point, fact.at) for point, fact in _passed(instance)), *instance.warnings]
    if instance.late_after is not None:
        moments.append((BREACH, instance.late_after))
    return min([at for point, at in moments if not _is_recorded(instance, point, recorded)], default=None)


def _is_recorded(instance: TargetInstance, point: WarningPoint, recorded: Alerted) -> bool:
    return bool(recorded) and any((identity, point) in recorded for identity in instance.ids)


def _passed(instance: TargetInstance) -> Iterator[tuple[WarningPoint, Fact]]:
    for fact in instance.facts:
        if fact.kind == "warned" and fact.point is not None:
            yield fact.point, fact
        elif fact.kind == "breached":
            yield BREACH, fact
