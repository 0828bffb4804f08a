"""Tickets one by one, page by page, all of them, and who holds how many open ones."""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from projections.conditions import Wanted, all_of
from projections.tickets import COLUMNS, TicketRow
from projections.words import group_columns, grouping, in_one_spelling

Cursor = tuple[datetime, UUID]
"""(received_at, ticket) of the last ticket of a page."""
Criterion = Literal["open", "team", "agent", "priority", "category", "channel", "customer", "external_reference"]
_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class TicketPage:
    """``next`` asks for what follows; None when there is nothing more."""

    tickets: list[TicketRow]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Workload:
    """Open tickets of one agent in one team; None: of nobody yet."""

    team: str | None
    agent: str | None
    tickets: int


def one_ticket(connection: psycopg.Connection, schema: str, ticket: UUID) -> TicketRow | None:
    """None: no such ticket was received."""
    statement = sql.SQL("select {} from {}.tickets where ticket = %s").format(_COLUMNS, sql.Identifier(schema))
    with connection.cursor(row_factory=class_row(TicketRow)) as cursor:
        return cursor.execute(statement, [ticket]).fetchone()


def tickets(
    connection: psycopg.Connection,
    schema: str,
    where: Mapping[Criterion, Wanted],
    *,
    states: Collection[str] | None = None,
    after: Cursor | None = None,
    limit: int,
) -> TicketPage:
    """The newest first. A criterion of None finds tickets without one (nobody's); ``states`` of None: all."""
    received_at, ticket = after or (None, None)
    statement = sql.SQL(
        "select {columns} from {schema}.tickets where {where}"
        " and (%(states)s::text[] is null or state = any(%(states)s))"
        " and (%(ticket)s::uuid is null or (received_at, ticket) < (%(received_at)s, %(ticket)s))"
        " order by received_at desc, ticket desc limit %(limit)s"
    ).format(columns=_COLUMNS, schema=sql.Identifier(schema), where=all_of(where))
    parameters = {
        "states": None if states is None else list(states),
        "received_at": received_at,
        "ticket": ticket,
        "limit": limit + 1,
    }
    with connection.cursor(row_factory=class_row(TicketRow)) as cursor:
        found = cursor.execute(statement, parameters).fetchall()
    page = found[:limit]
    return TicketPage(page, (page[-1].received_at, page[-1].ticket) if len(found) > limit else None)


def every_ticket(connection: psycopg.Connection, schema: str) -> Generator[TicketRow]:
    """All tickets, the oldest first, read from the server some thousand at a time in one transaction."""
    statement = sql.SQL("select {} from {}.tickets order by received_at, ticket").format(
        _COLUMNS, sql.Identifier(schema)
    )
    with connection.transaction(), connection.cursor("every_ticket", row_factory=class_row(TicketRow)) as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(statement)


def workload(connection: psycopg.Connection, schema: str) -> list[Workload]:
    """Open tickets per agent and team, by team and agent; what nobody holds comes last."""
    by = ("team", "agent")
    statement = sql.SQL(
        "select {names}, count(*) as tickets from {schema}.tickets where open group by {keys} order by {keys}"
    ).format(
        names=sql.SQL(", ").join(group_columns(by)),
        keys=sql.SQL(", ").join(grouping(by)),
        schema=sql.Identifier(schema),
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement).fetchall()
    in_one_spelling(rows, by)
    return [Workload(**row) for row in rows]
