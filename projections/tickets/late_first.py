"""A list of tickets in the order in which they are due: open ones by their due time, then the others, newest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from domain.ticket.state import OPEN
from projections.customers.same_survivor import same_survivor
from projections.customers.survivors import name_survivors
from projections.engine.table import column_names
from projections.scope.filters import Wanted, all_of
from projections.tickets.queries import Criterion
from projections.tickets.table import TicketRow

_SQL = sql_file("projections.tickets", "tickets.sql")
COUNTED = 10_000
"""Tickets that a count goes up to."""


@dataclass(slots=True)
class DueTicket(TicketRow):
    """A ticket with what is due next on it. At any instant after ``late_after`` it is late; None: it is not open."""

    due_for: str | None
    due_at: datetime | None
    late_after: datetime | None


class DueKey(NamedTuple):
    """Where a ticket stands in the list: among the open ones by ``late_after``, else by its receipt."""

    is_open: bool
    at: datetime
    ticket: UUID


class TicketChoice(NamedTuple):
    """Which tickets are listed. ``states`` of None: all. ``tickets``: only these, as a search found them.

    ``is_late``: only those that are late, or only those that are not.
    """

    where: Mapping[Criterion, Wanted]
    states: Collection[str] | None = None
    tickets: Sequence[UUID] | None = None
    is_late: bool | None = None

    @property
    def has_open(self) -> bool:
        """Whether open tickets may be among them."""
        return self.where.get("open") is not False and (self.states is None or not OPEN.isdisjoint(self.states))

    @property
    def has_ended(self) -> bool:
        """Whether tickets that are not open may be among them."""
        if self.is_late or self.where.get("open") is True:
            return False
        return self.states is None or not OPEN.issuperset(self.states)


class CountedTickets(NamedTuple):
    """How many there are, and how many of them are late. ``is_cut``: it is COUNTED, and there are more."""

    total: int
    late: int
    is_cut: bool


def late_first(
    connection: Connection, schema: str, choice: TicketChoice, now: datetime, *, after: DueKey | None, limit: int
) -> tuple[list[DueTicket], DueKey | None]:
    """A page of the list, and where the next one begins; None when that was all."""
    rows: list[DueTicket] = []
    if after is None or after.is_open:
        if choice.has_open:
            rows = _page(connection, schema, "late first: open", choice, now, after, limit + 1)
        after = None
    if len(rows) <= limit and choice.has_ended:
        rows += _page(connection, schema, "late first: ended", choice, now, after, limit + 1 - len(rows))
    page = rows[:limit]
    name_survivors(connection, schema, page)
    if len(rows) <= limit:
        return page, None
    last = page[-1]
    return page, DueKey(last.late_after is not None, last.late_after or last.received_at, last.ticket)


def counted(connection: Connection, schema: str, choice: TicketChoice, now: datetime) -> CountedTickets:
    """How many tickets the list has, up to COUNTED."""
    statement, parameters = _statement(connection, schema, "late first: counted", choice, now)
    row = connection.execute(statement, {**parameters, "most": COUNTED + 1}).fetchone() or (0, 0)
    return CountedTickets(min(row[0], COUNTED), row[1], row[0] > COUNTED)


def _page(
    connection: Connection,
    schema: str,
    name: str,
    choice: TicketChoice,
    now: datetime,
    after: DueKey | None,
    limit: int,
) -> list[DueTicket]:
    statement, parameters = _statement(connection, schema, name, choice, now)
    parameters |= {"ticket": after and after.ticket, "at": after and after.at, "limit": limit}
    with connection.cursor(row_factory=class_row(DueTicket)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def _statement(
    connection: Connection, schema: str, name: str, choice: TicketChoice, now: datetime
) -> tuple[sql.Composed, dict[str, Any]]:
    wanted: dict[Criterion, Wanted] = dict(choice.where)
    if isinstance(customer := wanted.get("customer"), UUID):
        wanted["customer"] = same_survivor(connection, schema, customer) or [customer]
    narrowed: list[sql.Composable] = [sql.SQL("(%(states)s::text[] is null or t.state = any(%(states)s))")]
    if choice.tickets is not None:
        narrowed.append(sql.SQL("t.ticket = any(%(tickets)s)"))
    late = sql.SQL("coalesce(s.late_after < %(now)s, false)")
    if name != "late first: ended" and choice.is_late is not None:
        narrowed.append(late if choice.is_late else sql.SQL("not ") + late)
    statement = _SQL[name].composed(
        schema,
        columns=sql.SQL(", ").join(sql.Identifier("t", column) for column in column_names(TicketRow)),
        where=all_of(wanted),
        narrowed=sql.SQL(" and ").join(narrowed),
    )
    states = None if choice.states is None else list(choice.states)
    tickets = None if choice.tickets is None else list(choice.tickets)
    return statement, {"states": states, "tickets": tickets, "now": now}
