"""`history`: the events of a ticket, a customer or an actor, a sentence each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from psycopg import Connection

from api.access_journal.entry import Action
from api.access_journal.queries import AccessFilter
from api.cli.access.listing import read_journal, show_journal
from api.cli.options import (
    DEFAULT_TENANT,
    DEFAULT_ZONE,
    INSTANT,
    AsJson,
    AsOf,
    Data,
    KnownAt,
    Lang,
    OldLang,
    Tenant,
    Zone,
    in_zone,
    zone_of,
)
from api.cli.printing import local, say, show_json, show_table
from api.cli.running_command import count_rows
from api.cli.tenant_database import connected, open_existing
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from domain.event_log.schema import schema_of
from domain.sla.clock.explain_text import Language
from domain.zones import TimeZone
from projections.audit.queries import AuditEntry, history_of_actor, history_of_customer, history_of_ticket
from projections.audit.sentences import sentence
from projections.audit.table import AUDIT_HISTORY
from projections.engine.checkpoints import position_of
from projections.tickets.table import TICKETS

PAGE = 1_000


class _Words(NamedTuple):
    """The words of the table around the sentences."""

    title: str
    columns: Sequence[str]
    late: str
    nothing: str
    zone: str


_WORDS: Mapping[Language, _Words] = {
    "en": _Words(
        "History",
        ("position", "happened", "recorded", "through", "what", "why"),
        "late",
        "nothing is recorded",
        "Times are of {}.",
    ),
    "vi": _Words(
        "Lịch sử",
        ("vị trí", "xảy ra", "ghi nhận", "kênh", "sự kiện", "lý do"),
        "muộn",
        "chưa ghi nhận sự kiện nào",
        "Thời gian theo múi giờ {}.",
    ),
}


def history(
    ticket: Annotated[str | None, typer.Argument(help="The id of a ticket, or its number in the source.")] = None,
    customer: Annotated[UUID | None, typer.Option(help="Instead: a customer's, with all tickets.")] = None,
    actor: Annotated[str | None, typer.Option(help="Instead: what an agent, a rule or an import did.")] = None,
    access: Annotated[
        bool, typer.Option("--access", help="Instead: who read what, what was refused, which sign-ins failed.")
    ] = False,
    action: Annotated[Action | None, typer.Option("--action", help="With --access: entries of this kind.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=INSTANT, help="With --access: recorded then or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=INSTANT, help="With --access: recorded before then.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events at most.")] = 1_000,
    language: Lang = "en",
    lang: OldLang = None,
    zone: Zone = DEFAULT_ZONE,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show the history of a ticket, a customer or an actor, event by event.

    Each line says who did what, when, through which channel and why.
    """
    days = zone_of(zone)
    if access:
        with open_existing(data, tenant) as dsn, connected(dsn) as connection:
            named = None if ticket is None else ticket_named(connection, schema_of(tenant), ticket)
            where = AccessFilter(actor, customer, named, action, in_zone(since, days), in_zone(until, days))
            part = read_journal(connection, tenant, where, limit)
        show_journal(part, days, as_json=as_json)
        return
    if action or since or until:
        raise UsageError("--action, --from and --to are for --access.")
    if sum(name is not None for name in (ticket, customer, actor)) != 1:
        raise UsageError("Name one of: a TICKET, --customer or --actor.")
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        entries = _entries(
            connection,
            tenant,
            ticket=ticket,
            customer=customer,
            actor=actor,
            limit=limit,
            known_at=in_zone(known_at, days),
            as_of=in_zone(as_of, days),
        )
        count_rows(len(entries))
    if as_json:
        show_json(entries)
    else:
        _show(entries, lang or language, days)


def _entries(
    connection: Connection,
    tenant: str,
    *,
    ticket: str | None,
    customer: UUID | None,
    actor: str | None,
    limit: int,
    known_at: datetime | None,
    as_of: datetime | None,
) -> list[AuditEntry]:
    """The first ``limit`` events, in recorded order.

    Raises UsageError for a ticket or a customer that is unknown at that instant, and ProjectionOutdated.
    """
    position_of(connection, tenant, [AUDIT_HISTORY, TICKETS])
    schema = schema_of(tenant)
    if ticket is not None:
        page = partial(
            history_of_ticket, connection, schema, ticket_named(connection, schema, ticket), with_absorbed=True
        )
    elif customer is not None:
        page = partial(history_of_customer, connection, schema, customer)
    else:
        page = partial(history_of_actor, connection, schema, actor or "")
    entries: list[AuditEntry] = []
    after: int | None = 0
    while after is not None and len(entries) < limit:
        part = page(after=after, limit=min(PAGE, limit - len(entries)), known_at=known_at, as_of=as_of)
        entries += part.entries
        after = part.next_after
    if not entries and actor is None:
        whose = f"the ticket {ticket!r}" if customer is None else f"the customer {customer}"
        raise UsageError(f"Nothing is known of {whose}, or was by then: look at the id, --known-at and --as-of.")
    return entries


def _show(entries: Sequence[AuditEntry], language: Language, zone: TimeZone) -> None:
    """A line for each event."""
    words = _WORDS[language]
    rows = [
        (
            entry.position,
            local(entry.occurred_at, zone),
            words.late if entry.late else local(entry.recorded_at, zone),
            entry.channel,
            sentence(entry, language),
            entry.reason,
        )
        for entry in entries
    ]
    show_table(words.title, [dict(zip(words.columns, row, strict=True)) for row in rows], words.nothing)
    say(words.zone.format(zone.key))
