"""The audit history of a ticket, a customer, an actor or the rules, page by page, as of any instant."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass

from domain.event_log.schema import OF_RULES
from domain.text_folding import fold_name
from projections.audit.table import AuditedEvent
from projections.engine.table import selected
from projections.scope.filters import MOST
from projections.timeline.family import corrected_tickets, family_of


class Changed(BaseModel):
    """One field, as it was and as it is; None: it held nothing. ``details.x`` is the field x of an imported history."""

    model_config = ConfigDict(frozen=True)

    field: str
    old: str | int | list[str] | None
    new: str | int | list[str] | None


@dataclass(slots=True)
class AuditEntry(AuditedEvent):
    """One event, with the fields it changed and its payload (``facts``). Instants are UTC."""

    changes: list[Changed]
    facts: dict[str, Any]


class AuditPage(BaseModel):
    """Entries in recorded order. ``next_after`` continues after the last of them; None when that was all."""

    model_config = ConfigDict(frozen=True)

    entries: list[AuditEntry]
    next_after: int | None


def history_of_ticket(
    connection: Connection,
    schema: str,
    ticket: UUID,
    *,
    with_absorbed: bool = False,
    after: int = 0,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> AuditPage:
    """The events of a ticket and, ``with_absorbed``, of the tickets merged into it by then, directly or not.

    ``after`` is a position; ``limit`` at least 1, more than MOST counts as MOST. ``known_at`` leaves out what was
    recorded later, ``as_of`` what happened later.
    """
    tickets = absorbed_by(connection, schema, ticket, known_at=known_at, as_of=as_of) if with_absorbed else []
    whose: LiteralString = "stream = any(%(of)s) and (topic like 'ticket.%%' or topic like 'automation.%%')"
    return _page(connection, schema, whose, [ticket, *tickets], after, limit, known_at, as_of)


def history_of_customer(
    connection: Connection,
    schema: str,
    customer: UUID,
    *,
    after: int = 0,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> AuditPage:
    """The events of a customer and of all their tickets; parameters as in ``history_of_ticket``.

    A customer is everybody who had the same survivor by then. A ticket is that of the last correction known by then.
    """
    members = family_of(connection, schema, customer, known_at=known_at, as_of=as_of).members
    corrected = corrected_tickets(connection, schema, members, known_at=known_at, as_of=as_of)
    if not corrected:
        return _page(connection, schema, "customer = any(%(of)s)", members, after, limit, known_at, as_of)
    lists = {"to": [ticket for ticket, to in corrected if to], "away": [ticket for ticket, to in corrected if not to]}
    whose: LiteralString = "(customer = any(%(of)s) or stream = any(%(to)s)) and stream <> all(%(away)s)"
    return _page(connection, schema, whose, members, after, limit, known_at, as_of, lists=lists)


def history_of_actor(
    connection: Connection,
    schema: str,
    actor: str,
    *,
    after: int = 0,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> AuditPage:
    """The events of an actor; parameters as in ``history_of_ticket``."""
    whose: LiteralString = "coalesce(actor_key, actor) = %(of)s"
    return _page(connection, schema, whose, fold_name(actor), after, limit, known_at, as_of)


def history_of_rules(
    connection: Connection,
    schema: str,
    *,
    after: int = 0,
    limit: int = 100,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> AuditPage:
    """The published policies and calendars; parameters as in ``history_of_ticket``."""
    return _page(connection, schema, OF_RULES, None, after, limit, known_at, as_of)


def history_of_channels(
    connection: Connection, schema: str, channels: Collection[str], *, after: int = 0, limit: int = 100
) -> AuditPage:
    """The events that came through some channels, such as ``automation``, behind a position."""
    whose: LiteralString = "channel = any(%(of)s)"
    return _page(connection, schema, whose, list(channels), after, limit, None, None)


def absorbed_by(
    connection: Connection,
    schema: str,
    ticket: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[UUID]:
    """The tickets that had been merged into this one by then, directly or through another, and not taken out again."""
    parameters = {"of": ticket, "known_at": known_at, "as_of": as_of}
    rows = connection.execute(sql.SQL(_FAMILY).format(schema=sql.Identifier(schema)), parameters).fetchall()
    return [row[0] for row in rows]


_FAMILY: LiteralString = """
with recursive family (ticket) as (
    select %(of)s::uuid
    union
    select (a.facts ->> 'ticket_id')::uuid
    from family f join {schema}.audit_history a on a.stream = f.ticket and a.topic = 'ticket.absorbed'
    where (%(known_at)s::timestamptz is null or a.recorded_at <= %(known_at)s)
    and (%(as_of)s::timestamptz is null or a.occurred_at <= %(as_of)s)
    and not exists (
        select from {schema}.audit_history u
        where u.stream = a.stream and u.topic = 'ticket.absorption_undone'
        and u.facts ->> 'ticket_id' = a.facts ->> 'ticket_id'
        and (%(known_at)s::timestamptz is null or u.recorded_at <= %(known_at)s)
        and (%(as_of)s::timestamptz is null or u.occurred_at <= %(as_of)s)
        and case
            when %(as_of)s::timestamptz is null then u.version > a.version
            else (u.occurred_at, u.version) > (a.occurred_at, a.version)
        end
    )
)
select ticket from family where ticket <> %(of)s
"""


def _page(
    connection: Connection,
    schema: str,
    whose: LiteralString,
    of: UUID | str | list[UUID] | list[str] | None,
    after: int,
    limit: int,
    known_at: datetime | None,
    as_of: datetime | None,
    *,
    lists: Mapping[str, list[UUID]] = MappingProxyType({}),
) -> AuditPage:
    size = min(limit, MOST)
    statement = sql.SQL(
        "select {columns} from {table} where "
        + whose
        + " and position > %(after)s"
        + " and (%(known_at)s::timestamptz is null or recorded_at <= %(known_at)s)"
        + " and (%(as_of)s::timestamptz is null or occurred_at <= %(as_of)s)"
        + " order by position limit %(limit)s"
    ).format(
        columns=selected(AuditEntry),
        table=sql.Identifier(schema, "audit_history"),
    )
    parameters = {"of": of, "after": after, "limit": size + 1, "known_at": known_at, "as_of": as_of, **lists}
    with connection.cursor(row_factory=class_row(AuditEntry)) as cursor:
        entries = cursor.execute(statement, parameters).fetchall()
    return AuditPage(entries=entries[:size], next_after=entries[size - 1].position if len(entries) > size else None)
