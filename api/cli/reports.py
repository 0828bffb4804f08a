"""Commands that ask: reports, and the history of one ticket, customer or actor."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, AsOf, Data, KnownAt, Tenant, Zone

DAY = ["%Y-%m-%d"]


Which = Literal["backlog", "sla", "first-contact", "figures", "workload"]


class By(StrEnum):
    """What figures can be grouped by; a list of typer's takes an enumeration and no Literal."""

    TEAM = "team"
    AGENT = "agent"
    PRIORITY = "priority"
    CATEGORY = "category"
    CHANNEL = "channel"
    STATE = "state"


def add_to(app: typer.Typer) -> None:
    """The commands of this module."""
    app.command()(report)
    app.command()(history)


def report(
    which: Which,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="The first day; else 29 days before the last.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The last day, included; else today.")
    ] = None,
    by: Annotated[list[By] | None, typer.Option(help="Group by it; several times. State: the backlog alone.")] = None,
    every: Annotated[
        Literal["day", "week", "month"] | None, typer.Option(help="A row for each period; the backlog's flow by it.")
    ] = None,
    zone: Zone = DEFAULT_ZONE,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show figures: now, or as they were known or stood at another instant."""
    from api.cli import report_tables
    from api.cli.tenant_database import UsageError, connected, in_zone, open_existing, zone_of

    days = zone_of(zone)
    asked = report_tables.ReportOptions(
        first=first.date() if first else None,
        last=last.date() if last else None,
        every=every,
        zone=days,
        by=tuple(dict.fromkeys(dimension.value for dimension in by or ())),
        known_at=in_zone(known_at, days),
        as_of=in_zone(as_of, days),
    )
    if By.STATE.value in asked.by and which != "backlog":
        raise UsageError("--by state is for the backlog alone: choose team, agent, priority, category or channel.")
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        report_tables.report(connection, tenant, which, asked, as_json=as_json)


def history(
    ticket: Annotated[str | None, typer.Argument(help="The id of a ticket, or its number in the source.")] = None,
    customer: Annotated[UUID | None, typer.Option(help="Instead: a customer's, with all tickets.")] = None,
    actor: Annotated[str | None, typer.Option(help="Instead: what an agent, a rule or an import did.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events at most.")] = 1_000,
    language: Annotated[Literal["en", "vi"], typer.Option(help="Of the sentences.")] = "en",
    zone: Zone = DEFAULT_ZONE,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a ticket or a customer, or what somebody did: who, what, when, why."""
    from api.cli import history as history_tables
    from api.cli.tenant_database import UsageError, connected, in_zone, open_existing, zone_of

    if sum(given is not None for given in (ticket, customer, actor)) != 1:
        raise UsageError("Name one of: a TICKET, --customer or --actor.")
    days = zone_of(zone)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        entries = history_tables.entries(
            connection,
            tenant,
            ticket=ticket,
            customer=customer,
            actor=actor,
            limit=limit,
            known_at=in_zone(known_at, days),
            as_of=in_zone(as_of, days),
        )
    history_tables.show(entries, language, days, as_json=as_json)
