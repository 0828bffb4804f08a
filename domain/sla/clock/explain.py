"""Why a target instance stands as it does: what counted, what did not and why, and the sum up to the deadline."""

from datetime import datetime
from itertools import chain, pairwise
from typing import Any, Literal

from domain.messages import Message
from domain.sla.calendar.microseconds import from_microseconds, to_microseconds
from domain.sla.clock.corrections import VerdictCorrection
from domain.sla.clock.target_instance import ClockState, Fact, FactKind, TargetInstance, Verdict
from domain.sla.policy.policy import TargetName
from domain.zones import TZDATA

IntervalKind = Literal["counted", "paused", "fulfilled", "cancelled", "resolved"]
_UNCOUNTED: dict[FactKind, IntervalKind] = {
    "activated": "resolved",
    "resumed": "resolved",
    "paused": "paused",
    "fulfilled": "fulfilled",
    "cancelled": "cancelled",
}
"""What a stretch is that did not count, by the last of these facts; what ran is left out for having been resolved."""


class ExplainedInterval(Message):
    """A time in which the clock did one thing. ``elapsed_us``: how much of it counted, on the calendar.

    ``resolved`` is what a clock until closed ran while the ticket was resolved, and what a reopening left out.
    ``cause``: the topic of the event it began with, or of that reopening; ``end`` is None while it lasts and no instant
    was asked.
    ``by_bot``: it began with a resolution or a closing by a bot, which does not stop a response clock.
    ``old_target_us`` and ``new_target_us``: where it began with another target.
    """

    kind: IntervalKind
    start: datetime
    end: datetime | None
    elapsed_us: int
    cause: str | None
    waiting_for: str | None
    by_bot: bool
    old_target_us: int | None
    new_target_us: int | None


class Explanation(Message):
    """One target instance with its reasons.

    ``instance`` is its number, which a late fact may change; ``activated_by`` the version of the event that began it.
    Durations are microseconds of the calendar, ``paused_us`` of real time.

    The elapsed times of the stretches add up to ``elapsed_us``; ``remaining_us`` is what is left of the target,
    negative once it is breached. ``due_at`` is None while a pause leaves it open. All of it is what the clock says;
    ``correction`` is what somebody decided afterwards that counts instead. ``time_zones`` names the data, with its
    version, that the calendar's zone was read from.
    """

    target: TargetName
    instance: int
    activated_by: int
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    target_us: int
    state: ClockState
    verdict: Verdict | None
    activated_at: datetime
    stretches: tuple[ExplainedInterval, ...]
    elapsed_us: int
    paused_us: int
    remaining_us: int
    due_at: datetime | None
    due_open_at: datetime | None
    breached_at: datetime | None
    finished_at: datetime | None
    facts: tuple[dict[str, Any], ...]
    correction: VerdictCorrection | None
    time_zones: str


def explain(
    instance: TargetInstance, at: datetime | None = None, correction: VerdictCorrection | None = None
) -> Explanation:
    """The reasons of an instance that was asked for at the same instant."""
    promise = instance.promise
    return Explanation(
        target=instance.target,
        instance=instance.number,
        activated_by=instance.activated_by,
        policy=instance.edition.name,
        policy_version=instance.edition.version,
        calendar=promise.calendar.name,
        calendar_version=promise.calendar.version,
        target_us=promise.duration,
        state=instance.state,
        verdict=instance.verdict,
        activated_at=from_microseconds(instance.activated_at),
        stretches=tuple(_stretches(instance, None if at is None else to_microseconds(at))),
        elapsed_us=instance.elapsed,
        paused_us=instance.paused,
        remaining_us=promise.duration - instance.elapsed,
        due_at=_at(instance.due_at),
        due_open_at=_at(instance.due_open_at),
        breached_at=_at(instance.breached_at),
        finished_at=_at(instance.finished_at),
        facts=tuple([fact.as_json() for fact in instance.facts]),
        correction=correction,
        time_zones=TZDATA,
    )


def _stretches(instance: TargetInstance, at: int | None) -> list[ExplainedInterval]:
    """From every event that the clock took notice of to the next."""
    told = [fact for fact in instance.facts if fact.cause is not None]
    edges = {instance.activated_at, *(fact.at for fact in told), *chain.from_iterable(instance.segments)}
    edges |= {at for at, _ in instance.ran_on}
    if instance.finished_at is None and at is not None:
        edges.add(at)
    in_order = sorted(edges)
    found = [_stretch(instance, told, start, end) for start, end in pairwise(in_order)]
    if instance.finished_at is None and at is None:
        found.append(_stretch(instance, told, in_order[-1], None))
    return found


def _stretch(instance: TargetInstance, told: list[Fact], start: int, end: int | None) -> ExplainedInterval:
    begun = [fact for fact in told if fact.at <= start]
    reason = next((fact for fact in reversed(begun) if fact.kind in _UNCOUNTED), None)
    if end is None:
        kind: IntervalKind = "paused" if instance.state == "paused" else "counted"
    elif any(since <= start and end <= until for since, until in instance.segments):
        kind = "counted"
    else:
        kind = _UNCOUNTED[reason.kind] if reason is not None else "cancelled"
    swap = next((fact for fact in reversed(begun) if fact.at == start and fact.kind == "retargeted"), None)
    if kind == "counted" and begun:
        reason = begun[-1]
    elif kind == "resolved":
        reason = next((fact for fact in told if fact.at > start and fact.kind == "resumed"), None)
    by_bot = next((bot for at, bot in instance.ran_on if at == start), None) if kind == "counted" else None
    cause = by_bot or (reason.cause if reason is not None else None)
    return ExplainedInterval(
        kind=kind,
        start=from_microseconds(start),
        end=_at(end),
        elapsed_us=instance.promise.calendar.time.elapsed_us(start, end) if kind == "counted" and end else 0,
        cause=None if cause is None else cause.topic,
        waiting_for=reason.waiting_for if reason is not None else None,
        by_bot=by_bot is not None,
        old_target_us=swap.old.duration if swap is not None and swap.old is not None else None,
        new_target_us=swap.new.duration if swap is not None and swap.new is not None else None,
    )


def _at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)
