"""`sla explain`: the clocks of a ticket, with the intervals that they count."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from api.cli.locale import locale_of
from api.cli.options import (
    DEFAULT_TENANT,
    INSTANT,
    AsJson,
    Data,
    KnownAt,
    Lang,
    Tenant,
    Zone,
)
from api.cli.printing import show_json, show_timeline
from api.cli.tenant_database import tenant_connection
from api.cli.ticket_names import ticket_named, unknown_ticket
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.sla.clock.explain_text import all_as_text
from projections.sla.ticket_clocks import ticket_clocks


def explain(
    ticket: Annotated[str, typer.Argument(help="The id of a ticket, or its number in the source.")],
    at: Annotated[
        datetime | None, typer.Option(formats=INSTANT, help="As it stood then; else now. A day means its beginning.")
    ] = None,
    target: Annotated[
        Literal["first_response", "next_response", "periodic_update", "resolution"] | None,
        typer.Option(help="This target alone."),
    ] = None,
    language: Lang = None,
    zone: Zone = None,
    known_at: KnownAt = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Explain the clocks of a ticket, interval by interval.

    Each interval counted or did not, with its cause; the sum follows.
    """
    with tenant_connection(data, tenant) as connection:
        locale = locale_of(connection, tenant, language, zone)
        instant, known_by = locale.instant(at), locale.instant(known_at)
        now = instant or known_by or reader.now(connection)
        ticket_id = ticket_named(connection, schema_of(tenant), ticket)
        clocks = ticket_clocks(connection, tenant, ticket_id, at=now, known_at=known_by)
        if not clocks and not reader.versions(connection, tenant, [ticket_id]):
            raise unknown_ticket(ticket)
    shown = [clock for clock in clocks if target in {None, clock.target}]
    if as_json:
        show_json(shown)
    else:
        show_timeline(all_as_text(shown, now, locale.language, locale.zone))
