"""`due`: what becomes due next."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, INSTANT, AsJson, Data, Tenant, Zone, in_zone, zone_of
from api.cli.printing import local, say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import position_of
from projections.timers.queries import due_from, overdue
from projections.timers.table import TIMERS


def due(
    at: Annotated[
        datetime | None, typer.Option(formats=INSTANT, help="From this instant on; else from now on.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List what becomes due next: reminders, ends of holds, steps of procedures.

    `sla due` lists the clocks of tickets. What is due already and waits to be recorded is counted in a sentence.
    """
    days, schema = zone_of(zone), schema_of(tenant)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [TIMERS])
        start = in_zone(at, days) or reader.now(connection)
        timers = due_from(connection, schema, start, limit=limit)
        before = overdue(connection, schema, start)
    if as_json:
        show_json([asdict(timer) for timer in timers])
        return
    rows = [
        {
            "due": local(timer.due_at, days),
            "source": timer.source,
            "kind": timer.kind,
            "stream": timer.stream,
            "identity": timer.identity,
        }
        for timer in timers
    ]
    show_table("Due next", rows, "nothing is due")
    say(f"Times are of {days.key}.")
    if before:
        say(f"Due before that, and not recorded yet: {before:,}.")
