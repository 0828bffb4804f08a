"""`customer show`: who a customer is, what is open, and what happened last."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, Lang, Tenant, Zone, zone_of
from api.cli.printing import local, say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.event_log.schema import schema_of
from projections.audit.names import names_of_entries
from projections.audit.sentences import sentence
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.queries import customers_of
from projections.customers.same_survivor import same_survivor
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.tickets.of_customer import tickets_of
from projections.tickets.table import TICKETS
from projections.timeline.queries import timeline

NEWEST = 5
LATEST = 10


def show(
    customer: Annotated[UUID, typer.Argument(help="The id of a customer; `customer search` finds it.")],
    language: Lang = "en",
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show who a customer is, what is open, what happened last.

    A merged customer is answered with the one that it was merged into.
    """
    days, schema = zone_of(zone), schema_of(tenant)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [CUSTOMERS, TICKETS, AUDIT_HISTORY])
        same = same_survivor(connection, schema, customer)
        if not same:
            raise UsageError(
                f"There is no customer {customer}: `customer search` finds customers by what they are called."
            )
        survivor, *absorbed = customers_of(connection, schema, same)
        tickets = tickets_of(connection, schema, same, NEWEST)
        latest = timeline(connection, schema, same, order="newest", limit=LATEST).entries
        names = names_of_entries(connection, tenant, latest)
    if as_json:
        show_json({"customer": survivor, "absorbed": absorbed, "tickets": tickets, "latest": latest})
        return
    show_table(
        survivor.name or str(survivor.customer),
        [
            {"fact": "party", "value": survivor.party},
            {"fact": "tier", "value": survivor.tier},
            {"fact": "registered", "value": local(survivor.registered_at, days)},
            {"fact": "reference", "value": survivor.external_reference},
            *(
                {"fact": address.channel, "value": address.handle}
                for row in (survivor, *absorbed)
                for address in row.addresses
            ),
            {"fact": "tickets", "value": f"{tickets.total}, of which {tickets.open} open"},
            *({"fact": "merged into it", "value": f"{row.name} ({row.customer})"} for row in absorbed),
            {"fact": "id", "value": survivor.customer},
        ],
    )
    show_table(
        "Latest",
        [
            {
                "happened": local(entry.occurred_at, days),
                "what": sentence(entry, language, zone=days, names=names),
            }
            for entry in latest
        ],
    )
    say(f"Times are of {days.key}.")
