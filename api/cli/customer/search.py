"""`customer search`: customers by a name, a number, an address or a reference, however it is written."""

from typing import Annotated

import typer
from phonenumbers import country_code_for_region

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import show_json, show_table
from api.cli.tenant_database import connected, open_existing
from domain.event_log.schema import schema_of
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.search.queries import customers_matching
from projections.search.table import SEARCH


def search(
    text: Annotated[str, typer.Argument(help="Words of a name, digits of a number, an address or a reference.")],
    region: Annotated[str, typer.Option(help="The country whose national numbers are meant.")] = "VN",
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many customers at most.")] = 20,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Find customers by name, number, address or reference.

    The likeliest come first. Accents and the order of words do not matter.

    A merged customer is answered with the one that it was merged into.
    """
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [CUSTOMERS, SEARCH])
        code = country_code_for_region(region.upper()) or None
        hits = customers_matching(connection, schema_of(tenant), text, limit=limit, country_code=code)
    if as_json:
        show_json(hits)
        return
    rows = [
        {
            "name": hit.name,
            "tier": hit.tier,
            "found by": hit.matched if hit.found == hit.customer else f"{hit.matched}, as {hit.found_name}",
            "id": hit.customer,
        }
        for hit in hits
    ]
    show_table("Customers", rows, f"nobody is found by {text!r}")
