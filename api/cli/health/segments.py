"""`segment list` and `segment show`: the published segments, and the customers in one of them."""

from typing import Annotated

import typer

from api.cli.health.bands import Most
from api.cli.health.sources import health_reading
from api.cli.options import DEFAULT_TENANT, AsJson, AsOf, Data, KnownAt, Tenant, Zone, in_zone, zone_of
from api.cli.printing import say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect, overview
from domain.event_log import reader
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.table import CUSTOMERS
from projections.health.readings import all_pages, segment_page


def list_all(
    as_of: AsOf = None,
    zone: Zone = "Asia/Ho_Chi_Minh",
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List the segments in effect.

    `segment show` lists the customers in one.
    """
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        events = reader.definitions(connection, tenant, reader.head(connection, tenant))
        segments = overview(events, in_zone(as_of, zone_of(zone)) or reader.now(connection), SEGMENT.name)
    rows = [
        {
            "name": each.name,
            "version": each.version,
            "tracked": bool(each.body["tracked"]),
            "description": each.body["description"],
        }
        for each in segments
    ]
    if as_json:
        show_json(rows)
    else:
        show_table("Segments", rows, "none is published")


def show(
    name: Annotated[str, typer.Argument(help="The name of a segment.")],
    limit: Most = 100,
    zone: Zone = "Asia/Ho_Chi_Minh",
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List the customers in a segment, now or at another instant."""
    days = zone_of(zone)
    as_of, known_at = in_zone(as_of, days), in_zone(known_at, days)
    with health_reading(data, tenant, as_of, known_at, AUDIT_HISTORY, CUSTOMERS) as (source, at):
        events = reader.definitions(source.connection, tenant, source.up_to)
        try:
            version, _, segment = definition_in_effect(events, SEGMENT, at, name)
        except LookupError as error:
            raise UsageError(f"{error}: `segment list` shows those in effect.") from None
        customers = all_pages(lambda after, most: segment_page(source, at, segment, after, most), limit)
    rows = [
        {"customer": summary.customer, "name": summary.name, "tier": summary.tier, "band": judged.band}
        for summary, judged in customers
    ]
    if as_json:
        show_json(rows)
        return
    show_table(name, rows, "no customer")
    say(f"By version {version} of the segment.")
