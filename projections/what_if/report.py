"""The report of a what-if: scenarios side by side with the history as recorded."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from domain.event_log.database_connections import REPORTS, connect
from domain.personal_data.data_keys import stores_in_use
from domain.sla.policy.policy import TARGET_NAMES, TargetName
from domain.text_folding import fold_name
from projections.engine.child_process import begin_child, child_processes, deaf_children
from projections.scope.report_scope import Share
from projections.what_if.judging import (
    ChangedInstance,
    Count,
    Grouping,
    InstanceResult,
    Judged,
    how_many_tickets,
    judge,
    stretches,
)
from projections.what_if.request import WhatIfRequest

RECORDED = "as recorded"
TICKETS_AT_ONCE = 500
"""The tickets of one part: a process judges them in about a second."""
_GROUPINGS: tuple[Grouping, ...] = ("target", "priority", "team", "month")
Progress = Callable[[int, int], None]
"""Called with the number of tickets judged, and the approximate number of all."""


class Side(BaseModel):
    """One target's instances under one policy. ``compliance`` = met / (met + breached); ``late`` are open too long."""

    model_config = ConfigDict(frozen=True)

    name: str
    compliance: Share
    met: int
    breached: int
    cancelled: int
    open: int
    late: int


class ComparedGroup(BaseModel):
    """The same tickets under each policy. ``group`` is the priority, the team, or the month in which they ended."""

    model_config = ConfigDict(frozen=True)

    by: Grouping
    group: str | None
    target: TargetName
    sides: list[Side]


class SwitchCount(BaseModel):
    """The number of instances whose result changes. ``not promised``: one of the two policies has no such target."""

    model_config = ConfigDict(frozen=True)

    alternative: str
    target: TargetName
    before: InstanceResult
    after: InstanceResult
    instances: int


class WhatIf(BaseModel):
    """``changed`` names the first instances with another result; ``more`` are not named."""

    model_config = ConfigDict(frozen=True)

    judged: str = (
        "the alternatives as if each had been in effect always,"
        " 'as recorded' by the versions of each promise, or as corrected since"
    )
    position: int
    now: datetime
    start: datetime | None
    end: datetime | None
    tickets: int
    sides: list[str]
    groups: list[ComparedGroup]
    switches: list[SwitchCount]
    changed_tickets: dict[str, int]
    changed: list[ChangedInstance]
    more: int


def what_if(connection: Connection, tenant: str, question: WhatIfRequest) -> WhatIf:
    """The report, computed in this process; the connection must be in a transaction."""
    return _report(question, judge(connection, tenant, question))


def what_if_in_parts(
    dsn: str, tenant: str, question: WhatIfRequest, processes: int, progress: Progress = lambda _done, _all: None
) -> WhatIf:
    """The same report, computed by several processes; each holds one batch of tickets at a time in memory.

    Raises ProcessEnded.
    """
    with connect(dsn, REPORTS) as connection, connection.transaction():
        tickets = how_many_tickets(connection, tenant, question.up_to)
        parts = stretches(connection, tenant, question.up_to, max(1, tickets // TICKETS_AT_ONCE))
        if len(parts) == 1:
            return what_if(connection, tenant, question)
    progress(0, tickets)
    judged = Judged()
    with child_processes(min(processes, len(parts)), begin_child, stores_in_use()) as pool:
        with deaf_children():
            of_parts = pool.map(_judge_part, repeat(dsn), repeat(tenant), repeat(question), parts)
        for part in of_parts:
            judged.add(part, question.listed)
            progress(judged.tickets, tickets)
    return _report(question, judged)


def _judge_part(dsn: str, tenant: str, question: WhatIfRequest, part: tuple[UUID, UUID]) -> Judged:
    with connect(dsn, REPORTS) as connection, connection.transaction():
        return judge(connection, tenant, question, *part)


def _report(question: WhatIfRequest, judged: Judged) -> WhatIf:
    names = [RECORDED, *(scenario.name for scenario in question.scenarios)]
    named = sum(
        count for switch, count in judged.switches.items() if "not promised" not in {switch.before, switch.after}
    )
    return WhatIf(
        position=question.up_to,
        now=question.now,
        start=question.start,
        end=question.end,
        tickets=judged.tickets,
        sides=names,
        groups=_groups(names, in_one_spelling(judged.counts)),
        switches=[
            SwitchCount(**switch._asdict(), instances=judged.switches[switch]) for switch in sorted(judged.switches)
        ],
        changed_tickets={name: judged.changed_tickets[name] for name in names[1:]},
        changed=judged.changes,
        more=named - len(judged.changes),
    )


def in_one_spelling(counts: Mapping[Count, int]) -> Counter[Count]:
    """The counts with each group under the first spelling of its word (by code points)."""
    first: dict[str, str] = {}
    for written in sorted({count.group for count in counts if count.group is not None}):
        first.setdefault(fold_name(written), written)
    merged: Counter[Count] = Counter()
    for count, instances in counts.items():
        merged[count._replace(group=None if count.group is None else first[fold_name(count.group)])] += instances
    return merged


def _groups(names: Sequence[str], counts: Mapping[Count, int]) -> list[ComparedGroup]:
    keys = sorted(
        {(count.by, count.group, count.target) for count in counts},
        key=lambda key: (_GROUPINGS.index(key[0]), key[1] is None, key[1] or "", TARGET_NAMES.index(key[2])),
    )
    return [
        ComparedGroup(
            by=by,
            group=group,
            target=target,
            sides=[_side(name, counts, by, group, target, side) for side, name in enumerate(names)],
        )
        for by, group, target in keys
    ]


def _side(
    name: str, counts: Mapping[Count, int], by: Grouping, group: str | None, target: TargetName, side: int
) -> Side:
    def so_many(result: InstanceResult) -> int:
        return counts.get(Count(by, group, target, side, result), 0)

    met, breached = so_many("met"), so_many("breached")
    return Side(
        name=name,
        compliance=Share(numerator=met, denominator=met + breached),
        met=met,
        breached=breached,
        cancelled=so_many("cancelled"),
        open=so_many("open") + so_many("late"),
        late=so_many("late"),
    )
