"""`export`: the tickets as a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, Data, Tenant, zone_of
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from api.exporting.tickets import ExportForm, write_tickets
from domain.event_log import reader


def export(
    what: Annotated[Literal["tickets"], typer.Argument(help="One row for each ticket, with its facts.")],  # noqa: ARG001 -- the only choice yet
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format")] = "csv",
    to: Annotated[Path | None, typer.Option("--to", dir_okay=False, help="A file; else the standard output.")] = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV with a byte order mark: Excel then reads it as UTF-8.")
    ] = False,
    zone: Annotated[str, typer.Option("--zone", help="The IANA time zone in which times are written.")] = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Export the tickets: one row each, with its facts and the results of its targets.

    Running clocks stand as they do at the moment of the export: elapsed seconds of their calendar, and breached when
    they are late. Times are ISO 8601 with their offset. In CSV an apostrophe stands before a text that a spreadsheet
    would take for a formula.
    """
    if bom and form != "csv":
        raise UsageError("--bom is for CSV: leave it out, or choose --format csv.")
    export_form = ExportForm(form, bom, zone_of(zone))
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        write_tickets(connection, tenant, export_form, to, reader.now(connection))
