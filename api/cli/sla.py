"""Commands about what is promised: policy files, published versions, a ticket's clocks, and what might have been."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, KnownAt, Tenant, Zone

INSTANT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

app = typer.Typer(
    help="Policies and calendars: check, publish, compare; explain a ticket's clocks.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="A TOML file, or a shipped one: handbook, office-hours-vn.")]
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="What ended from this day on.")]
Last = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="What ended up to this day, included.")
]
Calendar = Annotated[str | None, typer.Option("--calendar", help="Of this calendar; else of the policy.")]


def add_to(root: typer.Typer) -> None:
    """The commands of this module."""
    root.add_typer(app, name="sla")
    root.add_typer(app, name="policy", hidden=True)
    root.command()(whatif)


@app.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Read a policy file and run its worked examples. Exit code 1: one does not hold; 2: the file is refused.

    What can never match, and a rule that is never reached, is warned of.
    """
    from api.cli import policies

    if not policies.check(file, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def publish(
    file: File,
    effective_from: Annotated[
        datetime, typer.Option(formats=INSTANT, help="What begins from then on is judged by it.")
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")],
    actor: Annotated[str | None, typer.Option(help="Who publishes; else the user of this computer.")] = None,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Publish the calendars and the policy of a file whose examples all hold. The same again changes nothing."""
    from api.cli import policies
    from api.cli.tenant_database import in_zone, open_or_create, zone_of
    from api.database_roles import under
    from domain.event_log.roles import DESK

    since = in_zone(effective_from, zone_of(zone))
    with open_or_create(data, tenant) as dsn:
        policies.publish(under(dsn, DESK), tenant, file, since or effective_from, reason, actor)


@app.command()
def versions(
    calendar: Calendar = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """List the versions of the policy or of a calendar: from when on, by whom, why."""
    from api.cli import policies
    from api.cli.tenant_database import connected, open_existing

    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        policies.show_versions(connection, tenant, calendar, as_json=as_json)


@app.command()
def diff(
    old: Annotated[int, typer.Argument(help="A version.")],
    new: Annotated[int, typer.Argument(help="Another.")],
    calendar: Calendar = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show what one version says otherwise than another."""
    from api.cli import policies
    from api.cli.tenant_database import connected, open_existing

    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        policies.show_difference(connection, tenant, calendar, old, new, as_json=as_json)


@app.command()
def explain(
    ticket: Annotated[str, typer.Argument(help="The id of a ticket, or its number in the source.")],
    at: Annotated[datetime | None, typer.Option(formats=INSTANT, help="As it stood then; else now.")] = None,
    target: Annotated[
        Literal["first_response", "next_response", "periodic_update", "resolution"] | None,
        typer.Option(help="This target alone."),
    ] = None,
    language: Annotated[Literal["en", "vi"], typer.Option("--lang", help="Of the timeline.")] = "en",
    zone: Zone = DEFAULT_ZONE,
    known_at: KnownAt = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Tell how the clocks of a ticket come to what they say: what counted, what did not and why, and the sum."""
    from api.cli import policies
    from api.cli.tenant_database import connected, in_zone, open_existing, zone_of

    days = zone_of(zone)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        asked = policies.ExplainOptions(in_zone(at, days), in_zone(known_at, days), target, language, days)
        policies.show_clocks(connection, tenant, ticket, asked, as_json=as_json)


@app.command()
def correct(
    policy: Annotated[Path, typer.Option(help="A policy file, or a shipped one, that was published as it is.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history of every ticket that is corrected.")],
    first: First = None,
    last: Last = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be corrected, and record nothing.")
    ] = False,
    actor: Annotated[str | None, typer.Option(help="Who corrects; else the user of this computer.")] = None,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Correct what was met or breached to what another policy says, where its verdict or deadline is another.

    What the clocks said stays beside it. The same again records nothing. whatif shows the figures beforehand.
    """
    from api.cli import corrections
    from api.cli.tenant_database import open_existing, zone_of
    from domain.event_log.roles import DESK

    asked = corrections.CorrectionOptions(
        policy, reason, actor, first.date() if first else None, last.date() if last else None, zone_of(zone), dry_run
    )
    with open_existing(data, tenant, DESK) as dsn:
        corrections.correct(dsn, tenant, asked, as_json=as_json)


@app.command()
def due(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List the running clocks that are due next."""
    from api.cli import policies
    from api.cli.tenant_database import connected, open_existing, zone_of

    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        policies.show_due(connection, tenant, limit, zone_of(zone), as_json=as_json)


def whatif(
    policy: Annotated[
        Path | None, typer.Option(help="A policy file, or a shipped one; with --ladder alone, the policy in effect.")
    ] = None,
    ladder: Annotated[
        str | None, typer.Option(help="Also with no resolution longer than each of these, such as 48h,24h,12h.")
    ] = None,
    first: First = None,
    last: Last = None,
    listed: Annotated[int, typer.Option(min=0, max=100_000, help="How many changed verdicts are named.")] = 20,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Judge the whole history under another policy, side by side with what was promised. Nothing is recorded.

    Every alternative judges as if it had been in effect always. A ladder: 48h,24h,12h.
    """
    from api.cli import what_if
    from api.cli.tenant_database import open_existing, zone_of

    asked = what_if.WhatIfOptions(
        policy, ladder, first.date() if first else None, last.date() if last else None, zone_of(zone), listed
    )
    with open_existing(data, tenant) as dsn:
        what_if.show(dsn, tenant, asked, as_json=as_json)
