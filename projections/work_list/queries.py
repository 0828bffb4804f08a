"""The work of an agent or a team, by due time: one statement over every source of work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_name
from projections.engine.table import selected
from projections.procedures.table import PROCEDURES
from projections.scope.filters import MOST
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.work_list", "work_list.sql")
READ = (TICKETS, SLA_CLOCKS, TASKS, PROCEDURES)
"""The projections that the list is read from."""
WorkKind = Literal["ticket", "callback", "reply", "task", "step"]
SOURCES = ("sla_tickets", "ticket_actions", "tasks", "procedure_steps")
"""The tables of work."""


@dataclass(slots=True)
class WorkItem:
    """One thing to do.

    ``id`` is that of the ticket, the task or the procedure, ``number`` the version of the event that promised a call,
    proposed a reply or opened a step, and ``step`` the name of the step. ``title_vi`` is the title in Vietnamese where
    there are two. ``due_for`` says what a ticket is due for: a target of the SLA, the end of a wait (hold), or the date
    told to the customer (expected_by). ``late``: its due time has passed. ``since`` and ``said_by``: when it came up,
    and who promised, proposed or opened it; of a step, the procedure. ``ticket``, its fields and the
    ``customer`` say what it is about; None without one. ``team`` and ``agent`` hold the item itself, None: nobody.
    """

    kind: WorkKind
    id: UUID
    number: int
    title: str
    title_vi: str | None
    step: str | None
    due_for: str | None
    due_at: datetime | None
    late: bool
    since: datetime
    said_by: str | None
    ticket: UUID | None
    external_reference: str | None
    priority: str | None
    state: str | None
    waiting_for: str | None
    customer: UUID | None
    team: str | None
    agent: str | None


@dataclass(slots=True)
class _Row(WorkItem):
    late_after: datetime


class WorkKey(NamedTuple):
    """Where an item stands in the order of the list."""

    late_after: datetime
    id: UUID
    number: int


class WorkPage(NamedTuple):
    """``following`` continues behind the last item; None when that was all."""

    items: list[WorkItem]
    following: WorkKey | None


def work_list(
    connection: Connection,
    schema: str,
    *,
    now: datetime,
    team: str | None = None,
    agent: str | None = None,
    after: WorkKey | None = None,
    limit: int = 50,
) -> WorkPage:
    """The open work of a team, an agent, or an agent in a team: what is late or due first comes first.

    An empty agent or team is nobody. The list of an agent leaves out the replies that the agent proposed, which
    another person reviews. Work without a due time comes last.
    """
    size = min(limit, MOST)
    statement = _statement(schema, team, agent, is_continued=after is not None)
    parameters = {
        "team": fold_name(team or ""),
        "agent": fold_name(agent or ""),
        "now": now,
        "limit": size + 1,
        **(after._asdict() if after else {}),
    }
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    last = rows[size - 1] if len(rows) > size else None
    following = None if last is None else WorkKey(last.late_after, last.id, last.number)
    return WorkPage(list(rows[:size]), following)


def _statement(schema: str, team: str | None, agent: str | None, *, is_continued: bool) -> sql.Composed:
    held = [_held("team_key", "team", team), _held("agent_key", "agent", agent)]
    parts = {
        "held": sql.SQL(" and ").join([condition for condition in held if condition is not None] or [sql.SQL("true")]),
        "after": sql.SQL(
            "(%(late_after)s::timestamptz, %(id)s::uuid, %(number)s::integer)"
            if is_continued
            else "('-infinity'::timestamptz, '00000000-0000-0000-0000-000000000000'::uuid, -1)"
        ),
        "not_own": sql.SQL("(w.kind <> 'reply' or w.said_by <> %(agent)s)" if agent else "true"),
    }
    sources = [sql.SQL("({})").format(_SQL[table].composed(schema, **parts)) for table in SOURCES]
    return _SQL["page"].composed(schema, sources=sql.SQL(" union all ").join(sources), columns=selected(_Row))


def _held(column: LiteralString, parameter: LiteralString, name: str | None) -> sql.SQL | None:
    """The condition that somebody holds the work, or nobody does; None: anybody."""
    if name is None:
        return None
    return sql.SQL(f"w.{column} = %({parameter})s" if fold_name(name) else f"w.{column} is null")
