"""What the rows of timers say is due: holds that end, steps that are overdue, and the rules with a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import Candidate, Due, DueCommand, Judged, is_being_entered
from api.workers.due_rules import RuleJudge
from domain.due.due_function import History
from domain.due.of_tickets import hold_until
from domain.due.time_context import TimeContext
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.procedure.commands import RecordStepOverdue
from domain.sla.clock.tiers import TierChange
from domain.ticket.commands import ResumeWork
from projections.sla.tier_histories import histories_of
from projections.timers.due_sources import due_sources
from projections.timers.step_due import steps_due
from projections.timers.table import TIMERS
from projections.timers.timed_rules import RuleInstance

_SQL = sql_file("api.workers", "due_timers.sql")
_BUILT_IN = -1
"""Before every rule."""


def _candidates(connection: Connection, tenant: str, now: datetime, after: Candidate, limit: int) -> list[Candidate]:
    parameters = {"now": now, "due_at": after.due_at, "stream": after.stream, "limit": limit}
    rows = connection.execute(_SQL["due streams"].of(tenant), parameters).fetchall()
    return [Candidate(*row) for row in rows]


def _judge(
    connection: Connection, tenant: str, streams: Sequence[UUID], now: datetime, quiet: timedelta
) -> list[Judged]:
    """What is due of streams by their histories. A stream whose past is being entered is left out."""
    up_to = reader.head(connection, tenant)
    clock = reader.now(connection)
    sources = due_sources(reader.rules(connection, tenant, up_to), reader.definitions(connection, tenant, up_to))
    judged: list[Judged] = []
    of_rules: list[tuple[History, list[RuleInstance]]] = []
    for history, tiers in _histories(connection, tenant, streams, up_to, sources.context):
        stream, position = history[0].stream, history[-1].position
        built_in = _built_in(history, now)
        instances = sources.instances(history, replace(sources.context, tiers=tiers))
        instances = sorted((each for each in instances if each.due.due_at <= now), key=_in_turn)
        times = [*(at for at, _ in built_in), *(each.due.due_at for each in instances)]
        if times and is_being_entered(history, min(times), clock, quiet):
            continue
        if built_in or not instances:
            commands = [command for _, command in built_in]
            judged.append(Judged(stream, 0 if instances else position, commands))
        else:
            of_rules.append((history, instances))
    judge = RuleJudge(connection, tenant, [history for history, _ in of_rules], now)
    return judged + [judge.judged(history, instances, history[-1].position) for history, instances in of_rules]


def _in_turn(instance: RuleInstance) -> tuple[datetime, int, str]:
    rule = instance.rule.named
    return instance.due.due_at, rule.body.order, rule.key


def _histories(
    connection: Connection, tenant: str, streams: Sequence[UUID], up_to: int, context: TimeContext
) -> Iterator[tuple[History, Sequence[TierChange]]]:
    """The histories of streams; those of tickets with the tiers of their customers where a policy asks for them."""
    histories = reader.streams(connection, tenant, streams, up_to)
    by_tier = context.policy_history.selects_by_tier
    tickets = [stream for stream, history in histories.items() if by_tier and history[0].kind == "ticket"]
    yield from ((history, ()) for stream, history in histories.items() if stream not in set(tickets))
    if tickets:
        yield from histories_of(connection, tenant, tickets, up_to, context.policy_history)


def _built_in(history: History, now: datetime) -> list[tuple[datetime, DueCommand]]:
    """The commands that no rule gives, each with its time: the end of a hold, and steps whose time has come."""
    stream, version, kind = history[0].stream, len(history), history[0].kind
    if kind == "ticket":
        hold = hold_until(history)
        if hold is None or hold.due_at > now:
            return []
        command = ResumeWork(occurred_at=max(hold.due_at, history[-1].occurred_at))
        return [(hold.due_at, DueCommand(stream, version, f"resume/{stream}/{hold.identity}", command))]
    steps = steps_due(history) if kind == "procedure" else []
    return [
        (due.due_at, DueCommand(stream, version, f"step/{stream}/{due.identity}", _overdue(step, due.due_at)))
        for step, due in steps
        if due.due_at <= now
    ]


def _overdue(step: str, due_at: datetime) -> RecordStepOverdue:
    return RecordStepOverdue(step=step, due_at=due_at)


def _next_at(connection: Connection, tenant: str, now: datetime) -> datetime | None:
    (at,) = connection.execute(_SQL["next due"].of(tenant), {"now": now}).fetchone() or (None,)
    return at


TIMERS_DUE = Due("timers", TIMERS, _candidates, _judge, _next_at)
