"""The open tickets of each agent in each team at an instant, with the effort that is expected of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString, TypeVar
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from projections.engine.table import selected
from projections.tickets.table import WITH_EFFORT

RECENT = timedelta(days=90)
"""The resolutions by which an effort is expected, where there are any."""
_OPEN_TICKETS = """
with open_ones as (
    select t.ticket, t.customer, t.team, t.agent, {team} as team_key, {agent} as agent_key, {category} as category_key
    from {tickets} t where open
), recent as (
    select {team} as team, {category} as category, percentile_cont(0.5) within group (order by {effort}) as expected
    from {tickets} t where {counts} and last_resolved_at > {since} group by 1, 2
), wanting as (
    select distinct team_key, category_key from open_ones
    except select team, category from recent
), ever as (
    select team_key as team, category_key as category,
        percentile_cont(0.5) within group (order by {effort}) as expected
    from {tickets} t join wanting on team_key = {team} and category_key = {category}
    where {counts} group by 1, 2
), medians as (
    select * from recent union all select * from ever
), promised as (
    select ticket, bool_or(breached_at is not null or coalesce(late_after < {now}, false)) as late,
        bool_or(state = 'running' and due_at >= {now} and due_at < {day_ends}) as due_today
    from {clocks} where finished_at is null group by ticket
), open_tickets as (
    select o.ticket, o.customer, o.team, o.agent, nullif(team_key, '') as team_key, nullif(agent_key, '') as agent_key,
        coalesce(late, false) as late, coalesce(due_today, false) as due_today, expected
    from open_ones o left join promised using (ticket)
        left join medians m on m.team = team_key and m.category = category_key
)
"""
_COUNTS = WITH_EFFORT + " and t.last_resolved_at <= {now}"
_OPEN_WORK = """
select team_key, agent_key, min(team collate "C") as team, min(agent collate "C") as agent,
    count(*) as tickets, count(*) filter (where late) as late, count(*) filter (where due_today) as due_today,
    coalesce(sum(expected), 0)::float8 as expected_effort, count(*) filter (where expected is null) as unexpected
from open_tickets group by 1, 2
"""
_KEYS: dict[str, LiteralString] = {
    "team": "coalesce(t.folded[1], t.team, '')",
    "agent": "coalesce(t.folded[2], t.agent, '')",
    "category": "coalesce(t.folded[4], t.category, '')",
    "effort": "t.talk_seconds + t.hold_seconds + t.after_contact_seconds",
}
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The open tickets of one agent in one team; None: of nobody, or of no team. The keys are the folded names.

    ``late``: tickets with a clock that is late. ``due_today``: tickets with a running clock that is due later on that
    day. ``expected_effort``: the sum of the team's median effort (seconds) for the category of each ticket, over the
    tickets resolved in the last RECENT, else over all that were ever resolved. A median of whole seconds is a multiple
    of a half, so that sums of them are exact in any order. ``unexpected``: tickets for which there is no such effort;
    they add nothing.
    """

    team_key: str | None
    agent_key: str | None
    team: str | None
    agent: str | None
    tickets: int
    late: int
    due_today: int
    expected_effort: float
    unexpected: int


@dataclass(frozen=True, slots=True)
class OpenTicketWork:
    """An open ticket. ``expected`` is the effort in seconds that is expected of it; None: not known."""

    ticket: UUID
    customer: UUID
    team_key: str | None
    agent_key: str | None
    late: bool
    due_today: bool
    expected: float | None


def open_work(connection: Connection, schema: str, now: datetime, day_ends: datetime) -> list[OpenWork]:
    """The open work at ``now``; today ends at ``day_ends``."""
    return _rows(OpenWork, sql.SQL(_OPEN_WORK), connection, schema, now, day_ends)


def open_ticket_work(connection: Connection, schema: str, now: datetime, day_ends: datetime) -> list[OpenTicketWork]:
    """The tickets of the same, by id."""
    each = sql.SQL("select {} from open_tickets order by ticket").format(selected(OpenTicketWork))
    return _rows(OpenTicketWork, each, connection, schema, now, day_ends)


def _rows(
    row: type[Row], shown: sql.Composable, connection: Connection, schema: str, now: datetime, day_ends: datetime
) -> list[Row]:
    open_tickets = sql.SQL(_OPEN_TICKETS).format(
        **{name: sql.SQL(key) for name, key in _KEYS.items()},
        tickets=sql.Identifier(schema, "tickets"),
        clocks=sql.Identifier(schema, "sla_clocks"),
        now=sql.Literal(now),
        counts=sql.SQL(_COUNTS).format(now=sql.Literal(now)),
        since=sql.Literal(now - RECENT),
        day_ends=sql.Literal(day_ends),
    )
    with connection.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(open_tickets + shown).fetchall()
