"""How a target instance comes to its answer: segments, pauses, versions and the arithmetic, for people to check."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.sla.microseconds import SECOND, from_microseconds, to_microseconds
from domain.sla.policy import TargetName
from domain.sla.target_instance import ClockState, TargetInstance, Verdict


class Segment(BaseModel):
    """The clock ran from ``start`` to ``end``; ``seconds`` of that lay inside the calendar's open intervals."""

    start: datetime
    end: datetime
    seconds: float


class ClockAccount(BaseModel):
    """``elapsed_seconds`` is the sum of the segments, up to the instant asked; ``remaining_seconds`` what is left
    of the target, negative when it is late. ``due_at`` is the earliest instant at which elapsed equals target.
    """

    target: TargetName
    instance: int
    state: ClockState
    verdict: Verdict | None
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    target_seconds: int
    elapsed_seconds: float
    remaining_seconds: float
    paused_seconds: float
    activated_at: datetime
    due_at: datetime | None
    due_open_at: datetime | None
    finished_at: datetime | None
    breached_at: datetime | None
    segments: list[Segment]
    facts: list[dict[str, Any]]


def account_of(instance: TargetInstance, now: datetime) -> ClockAccount:
    """The account of an instance as it stands at ``now``."""
    promise, calendar = instance.promise, instance.promise.calendar
    spans = list(instance.segments)
    if instance.running_since is not None:
        spans.append((instance.running_since, max(instance.running_since, to_microseconds(now))))
    open_within = [calendar.time.elapsed_us(start, end) for start, end in spans]
    elapsed = sum(open_within)
    return ClockAccount(
        target=instance.target,
        instance=instance.number,
        state=instance.state,
        verdict=instance.verdict,
        policy=instance.edition.name,
        policy_version=instance.edition.version,
        calendar=calendar.name,
        calendar_version=calendar.version,
        target_seconds=promise.duration // SECOND,
        elapsed_seconds=elapsed / SECOND,
        remaining_seconds=(promise.duration - elapsed) / SECOND,
        paused_seconds=instance.paused / SECOND,
        activated_at=from_microseconds(instance.activated_at),
        due_at=_at(instance.due_at),
        due_open_at=_at(instance.due_open_at),
        finished_at=_at(instance.finished_at),
        breached_at=_at(instance.breached_at),
        segments=[
            Segment(start=from_microseconds(start), end=from_microseconds(end), seconds=within / SECOND)
            for (start, end), within in zip(spans, open_within, strict=True)
        ],
        facts=[fact.as_json() for fact in instance.facts],
    )


def _at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)
