"""`sla due`: the running clocks that are due next."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, Tenant, Zone, zone_of
from api.cli.printing import local, say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import position_of
from projections.sla.queries import due_next, open_clocks
from projections.sla.table import SLA_CLOCKS


def due(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List the running clocks that are due next.

    Clocks that are late already are not listed; a sentence says how many there are.
    """
    days, schema = zone_of(zone), schema_of(tenant)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [SLA_CLOCKS])
        now = reader.now(connection)
        clocks = due_next(connection, schema, now=now, limit=limit)
        late = sum(group.late for group in open_clocks(connection, schema, now=now))
    if as_json:
        show_json(clocks)
        return
    rows = [
        {
            "due": local(clock.due_at, days),
            "ticket": clock.ticket,
            "target": clock.target,
            "priority": clock.priority,
            "team": clock.team,
            "agent": clock.agent,
        }
        for clock in clocks
    ]
    show_table("Due next", rows, "nothing is due")
    say(f"Times are of {days.key}.")
    if late:
        say(f"Late already: {late:,}. `report sla` counts them by target.")
