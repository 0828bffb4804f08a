"""Judges the whole history by other policies or calendars and compares the results; nothing is recorded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal, NamedTuple
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.sla.calendar.microseconds import instant_or_none
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import VerdictCorrections, correction_of, corrections_in
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.clock.tiers import TierChange
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import PolicyHistory, always
from domain.sla.policy.published import policy_history_of
from domain.zones import zone_named
from projections.engine.gc_pause import gc_paused
from projections.scope.periods import lies_within
from projections.sla.ticket_histories import FIRST, LAST, ticket_histories
from projections.what_if.request import WhatIfRequest

_SQL = sql_file("projections.what_if", "judging.sql")

InstanceResult = Literal["met", "breached", "cancelled", "open", "late", "not promised"]
Grouping = Literal["target", "priority", "team", "month"]
InstanceKey = tuple[TargetName, int]
"""A target and the version of the event that activated its instance: policies may number them otherwise."""


class ChangedInstance(BaseModel):
    """A target instance with another result under a scenario; ``instance`` is its number as recorded."""

    model_config = ConfigDict(frozen=True)

    alternative: str
    ticket: UUID
    target: TargetName
    instance: int
    activated_by: int
    before: InstanceResult
    after: InstanceResult


class Count(NamedTuple):
    """The key of a count: instances of a side (0: as recorded, then the scenarios) with one result."""

    by: Grouping
    group: str | None
    target: TargetName
    side: int
    result: InstanceResult


class Transition(NamedTuple):
    """The key of a count of changes: from which result to which, under which alternative."""

    alternative: str
    target: TargetName
    before: InstanceResult
    after: InstanceResult


@dataclass(slots=True)
class Judged:
    """The results of a part of the history; parts add up. ``changes`` are the first that ``switches`` count."""

    tickets: int = 0
    counts: Counter[Count] = field(default_factory=Counter)
    switches: Counter[Transition] = field(default_factory=Counter)
    changed_tickets: Counter[str] = field(default_factory=Counter)
    changes: list[ChangedInstance] = field(default_factory=list)

    def add(self, other: "Judged", listed: int) -> None:
        """Another part, of the streams that follow."""
        self.tickets += other.tickets
        self.counts.update(other.counts)
        self.switches.update(other.switches)
        self.changed_tickets.update(other.changed_tickets)
        self.changes += other.changes[: listed - len(self.changes)]


def how_many_tickets(
    connection: Connection, tenant: str, up_to: int, most: int | None = None, *, after: int = 0
) -> int:
    """The tickets received in the log after a position and up to another; counting ends at ``most``."""
    positions = {"after": after, "up_to": up_to}
    row = connection.execute(_SQL["how many"].of(tenant), {**positions, "most": most}).fetchone()
    return int(row[0]) if row else 0


def stretches(connection: Connection, tenant: str, up_to: int, parts: int) -> list[tuple[UUID, UUID]]:
    """The streams divided into about ``parts`` stretches with as many tickets each: after one id, up to another."""
    edges = [number / parts for number in range(1, parts)]
    statement = _SQL["stretches"].of(tenant)
    row = connection.execute(statement, {"edges": edges, "up_to": up_to}).fetchone() if edges else None
    bounds = [FIRST, *sorted(set(row[0] or [])), LAST] if row else [FIRST, LAST]
    return list(pairwise(bounds))


@gc_paused()
def judge(
    connection: Connection, tenant: str, question: WhatIfRequest, after: UUID = FIRST, until: UUID = LAST
) -> Judged:
    """Judges the tickets of a stretch of streams in one pass; the connection must be in a transaction."""
    recorded = policy_history_of(reader.rules(connection, tenant, question.up_to))
    judging = _Judging(question, recorded)
    for history, tiers in ticket_histories(connection, tenant, question.up_to, judging.policy_histories, after, until):
        judging.ticket(history, tiers)
    return judging.judged


class _Judging:
    """Judges one ticket after the other by every side: as recorded, then by each scenario."""

    def __init__(self, question: WhatIfRequest, recorded: PolicyHistory) -> None:
        self._question = question
        self._names = [scenario.name for scenario in question.scenarios]
        by_scenarios = (always(scenario.policy, scenario.calendars) for scenario in question.scenarios)
        self.policy_histories = [recorded, *by_scenarios]
        self._zone = zone_named(question.zone)
        self.judged = Judged()

    def ticket(self, history: Sequence[RecordedEvent], tiers: Sequence[TierChange]) -> None:
        self.judged.tickets += 1
        corrections = corrections_in(history, self._question.now)
        sides: list[dict[InstanceKey, InstanceResult]] = []
        counted: set[InstanceKey] = set()
        numbers: dict[InstanceKey, int] = {}
        for side, policy_history in enumerate(self.policy_histories):
            stands: dict[InstanceKey, InstanceResult] = {}
            for instance in clocks(history, policy_history, self._question.now, tiers):
                key = instance.target, instance.activated_by
                stands[key] = result_by(instance, {} if side else corrections)
                numbers.setdefault(key, instance.number)
                finished = instant_or_none(instance.finished_at)
                if self._covers(finished):
                    counted.add(key)
                    self._count(side, instance, stands[key], finished)
            sides.append(stands)
        for name, other in zip(self._names, sides[1:], strict=True):
            if other != sides[0]:
                self._compare(history[0].stream, name, sides[0], other, {key: numbers[key] for key in counted})

    def _covers(self, finished: datetime | None) -> bool:
        return finished is None or lies_within(finished, self._question.start, self._question.end)

    def _count(self, side: int, instance: TargetInstance, stands: InstanceResult, finished: datetime | None) -> None:
        ticket = instance.ticket
        month = None if finished is None else finished.astimezone(self._zone).strftime("%Y-%m")
        groups: list[tuple[Grouping, str | None]] = [
            ("target", None), ("priority", ticket.priority), ("team", ticket.team), ("month", month)
        ]  # fmt: skip
        for by, group in groups:
            self.judged.counts[Count(by, group, instance.target, side, stands)] += 1

    def _compare(
        self,
        ticket: UUID,
        name: str,
        before: Mapping[InstanceKey, InstanceResult],
        after: Mapping[InstanceKey, InstanceResult],
        counted: Mapping[InstanceKey, int],
    ) -> None:
        changed = False
        for key in sorted(counted):
            was, would_be = before.get(key, "not promised"), after.get(key, "not promised")
            if was == would_be:
                continue
            target, activated_by = key
            self.judged.switches[Transition(name, target, was, would_be)] += 1
            if "not promised" in {was, would_be}:
                continue
            changed = True
            if len(self.judged.changes) < self._question.listed:
                self.judged.changes.append(
                    ChangedInstance(
                        alternative=name,
                        ticket=ticket,
                        target=target,
                        instance=counted[key],
                        activated_by=activated_by,
                        before=was,
                        after=would_be,
                    )
                )
        self.judged.changed_tickets[name] += changed


def result_by(instance: TargetInstance, corrections: VerdictCorrections) -> InstanceResult:
    """The result of an instance at the instant it was computed for; a correction counts instead of the clock's."""
    if correction := correction_of(instance, corrections):
        return correction.now.verdict
    if instance.finished_at is None:
        return "open" if instance.breached_at is None else "late"
    return instance.verdict or "cancelled"
