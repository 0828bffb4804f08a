"""Late facts: which events are recorded so late that figures say so."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.envelope import RecordedEvent

LATE_AFTER = timedelta(days=7)
"""An event that is recorded longer than this after it happened is late. Keys of persons date back no further."""


def is_told_late(event: RecordedEvent) -> bool:
    """Whether an event that figures may count was recorded late. Imported events are never late."""
    envelope = event.envelope
    if envelope.actor.kind == "import":
        return False
    return event.recorded_at - envelope.occurred_at > LATE_AFTER and event.payload.in_figures


def first_told_late(history: Sequence[RecordedEvent]) -> datetime | None:
    """The instant of the earliest late fact; None when there is none."""
    return min((event.envelope.occurred_at for event in history if is_told_late(event)), default=None)
