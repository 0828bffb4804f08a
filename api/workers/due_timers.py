"""What the rows of timers say is due: holds that end, steps that are overdue, and the rules with a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from psycopg import Connection

from api.workers.due import Due, DueCommand, JudgedStream, candidates_by, is_being_entered
from api.workers.due_rules import RuleJudge
from api.workers.limited_firings import LimitedFirings
from domain.due.due_function import History
from domain.due.of_tickets import hold_until
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.procedure.commands import RecordStepOverdue
from domain.ticket.commands import ResumeWork
from domain.ticket.timeline import life_of
from projections.sla.ticket_histories import histories_with_tiers
from projections.timers.due_sources import due_sources_at
from projections.timers.step_due import open_steps_due
from projections.timers.table import TIMERS
from projections.timers.timed_rules import RuleInstance

_SQL = sql_file("api.workers", "due_timers.sql")
_BUILT_IN = -1
"""Before every rule."""


def _judge(
    firings: LimitedFirings,
    connection: Connection,
    tenant: str,
    streams: Sequence[UUID],
    now: datetime,
    quiet: timedelta,
) -> list[JudgedStream]:
    """What is due of streams by their histories. A stream whose past is being entered is left out."""
    up_to = reader.head(connection, tenant)
    clock = reader.now(connection)
    sources = due_sources_at(connection, tenant, up_to)
    judged: list[JudgedStream] = []
    of_rules: list[tuple[History, list[RuleInstance]]] = []
    for history, tiers in histories_with_tiers(connection, tenant, streams, up_to, sources.context.policy_history):
        built_in = _built_in(history, now)
        context = replace(sources.context, tiers=tiers)
        instances = sorted(
            (instance for instance in sources.instances(history, context) if instance.due.due_at <= now), key=_in_turn
        )
        first = min(
            [*(each.due.due_at for each in instances), *(each.command.occurred_at or now for each in built_in)],
            default=None,
        )
        if first is not None and is_being_entered(history, first, clock, quiet):
            continue
        if built_in:  # one at a time: what it leads to may end another
            more = instances or len(built_in) > 1
            judged.append(JudgedStream(history[0].stream, 0 if more else history[-1].position, built_in[:1]))
        elif instances:
            of_rules.append((history, instances))
        else:
            judged.append(JudgedStream(history[0].stream, history[-1].position, ()))
    judge = RuleJudge(connection, tenant, firings, of_rules, now)
    return judged + [judge.judged(history, instances, history[-1].position) for history, instances in of_rules]


def _in_turn(instance: RuleInstance) -> tuple[datetime, int, str]:
    rule = instance.rule.named
    return instance.due.due_at, rule.body.order, rule.key


def _built_in(history: History, now: datetime) -> list[DueCommand]:
    """The commands whose time has come without any rule, the one that was due first at the front."""
    kind = history[0].kind
    if kind == "ticket":
        return _resume(history, now)
    return _steps(history, now) if kind == "procedure" else []


def _resume(history: History, now: datetime) -> list[DueCommand]:
    """The command that ends a hold whose time is over."""
    hold = hold_until(life_of(history))
    if hold is None or hold.due_at > now:
        return []
    stream, command = history[0].stream, ResumeWork(occurred_at=max(hold.due_at, history[-1].occurred_at))
    return [DueCommand(stream, len(history), f"resume/{stream}/{hold.identity}", command)]


def _steps(history: History, now: datetime) -> list[DueCommand]:
    """The commands of the open steps whose due time has come; they happened then, or when the step opened."""
    stream, due = history[0].stream, sorted((each.due_at, each.step, each.version) for each in open_steps_due(history))
    return [
        DueCommand(
            stream,
            len(history),
            f"step/{stream}/{version}",
            RecordStepOverdue(step=step, due_at=due_at, occurred_at=max(due_at, history[version - 1].occurred_at)),
        )
        for due_at, step, version in due
        if due_at <= now
    ]


def _next_at(connection: Connection, tenant: str, now: datetime) -> datetime | None:
    row: tuple[datetime | None] | None = connection.execute(_SQL["next due"].of(tenant), {"now": now}).fetchone()
    return row[0] if row else None


def timers_due(firings: LimitedFirings) -> Due:
    """The row of the due watch's table; ``firings`` are those that the watch has judged."""
    return Due("timers", TIMERS, candidates_by(_SQL["due streams"]), partial(_judge, firings), _next_at)
