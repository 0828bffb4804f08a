"""`sla explain`: the clocks of a ticket, with the intervals that they count."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from api.cli.options import (
    DEFAULT_TENANT,
    INSTANT,
    AsJson,
    Data,
    KnownAt,
    Lang,
    OldLang,
    ReportZone,
    Tenant,
    in_zone,
    zone_of,
)
from api.cli.printing import show_json, show_line
from api.cli.tenant_database import connected, open_existing
from api.cli.ticket_names import ticket_named, unknown_ticket
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.sla.clock.explain_text import all_as_text
from projections.customers.tenant_zone import tenant_zone
from projections.sla.ticket_clocks import ticket_clocks


def explain(
    ticket: Annotated[str, typer.Argument(help="The id of a ticket, or its number in the source.")],
    at: Annotated[datetime | None, typer.Option(formats=INSTANT, help="As it stood then; else now.")] = None,
    target: Annotated[
        Literal["first_response", "next_response", "periodic_update", "resolution"] | None,
        typer.Option(help="This target alone."),
    ] = None,
    language: Lang = "en",
    lang: OldLang = None,
    zone: ReportZone = None,
    known_at: KnownAt = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Explain the clocks of a ticket, interval by interval.

    Each interval counted or did not, with its cause; the sum follows.
    """
    given = zone_of(zone) if zone else None
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        days = given or tenant_zone(connection, tenant, reader.now(connection))
        instant, known_by = in_zone(at, days), in_zone(known_at, days)
        now = instant or known_by or reader.now(connection)
        ticket_id = ticket_named(connection, schema_of(tenant), ticket)
        clocks = ticket_clocks(connection, tenant, ticket_id, at=now, known_at=known_by)
        if not clocks and not reader.versions(connection, tenant, [ticket_id]):
            raise unknown_ticket(ticket)
    shown = [clock for clock in clocks if target in {None, clock.target}]
    if as_json:
        show_json(shown)
    else:
        show_line(all_as_text(shown, now, lang or language, days))
