"""Which facts are told so late that figures say so."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.envelope import RecordedEvent

LATE = timedelta(days=7)
"""What was told longer than this after it happened is told late; a key of a person dates back no further."""


def is_told_late(event: RecordedEvent) -> bool:
    """Whether a fact that figures may count was told late. What an import tells is history, and never late."""
    late = event.recorded_at - event.envelope.occurred_at > LATE
    return late and event.envelope.actor.kind != "import" and event.payload.in_figures


def first_told_late(history: Sequence[RecordedEvent]) -> datetime | None:
    """When the earliest of the facts that were told late happened; None when there are none."""
    return min((event.envelope.occurred_at for event in history if is_told_late(event)), default=None)
