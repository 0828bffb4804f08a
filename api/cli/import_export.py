"""Commands that bring histories in, make them up, and take tickets out."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, Tenant


def add_to(app: typer.Typer) -> None:
    """The commands of this module."""
    app.command("import")(import_)
    app.command()(export)
    app.command()(simulate)
    app.command()(demo)


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, Excel or JSON; plain, in a zip archive or packed by gzip.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that says what the columns mean, or a shipped one, like zendesk, jira or plain."
        ),
    ] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Only write a draft of a mapping for the file.")] = False,
    to: Annotated[Path | None, typer.Option("--to", dir_okay=False, help="Where --guess writes; else here.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what an import of the whole file would do; nothing is recorded.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Only show what would become of the first rows.")] = False,
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows --explain reads.")] = 20,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that are not taken are listed; else FILE.rejects.csv, here.")
    ] = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Bring a ticket history in. The same file again adds nothing, a longer one only what is new.

    Every row becomes one or more events, or a line with its reason in the reject file. A ticket with a row that cannot
    be read is held back until the file is mended. Exit code 1: some rows were not taken.
    """
    from api.cli import guess as guessing
    from api.cli import import_history
    from api.cli.tenant_database import UsageError

    if guess:
        guessing.guess(file, to)
        return
    if mapping is None:
        raise UsageError("Say with --mapping what the columns mean; --guess drafts a mapping.")
    if check:
        import_history.check(file, mapping, data, tenant, as_json=as_json)
    elif explain:
        import_history.explain(file, mapping, rows, as_json=as_json)
    else:
        place = rejects or Path(f"{file.name}.rejects.csv")
        import_history.record(file, mapping, place, data, tenant, as_json=as_json)


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
    """Take the tickets out: one row each, with its facts and what became of its promises.

    Running clocks stand as they do at the moment of the export: elapsed seconds of their calendar, and breached when
    they are late. Times are ISO 8601 with their offset. In CSV an apostrophe stands wherever a spreadsheet would take a
    formula to begin.
    """
    from api.cli.tenant_database import UsageError, connected, open_existing, zone_of
    from api.exporting.tickets import ExportForm, write_tickets
    from domain.event_log import reader

    if bom and form != "csv":
        raise UsageError("--bom is for CSV: leave it out, or choose --format csv.")
    wanted = ExportForm(form, bom, zone_of(zone))
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        write_tickets(connection, tenant, wanted, to, reader.now(connection))


def simulate(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How many days, the last one today.")] = 30,
    tickets_per_day: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many tickets on an ordinary day.")
    ] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same desk.")] = 1,
    live: Annotated[bool, typer.Option("--live", help="Go on as time passes, until Ctrl-C.")] = False,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Fill the desk with a believable history, and keep it busy if asked to."""
    from api.cli import simulate as simulating

    simulating.simulate(days, tickets_per_day, seed, data, tenant, live=live, as_json=as_json)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the tables.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8000,
    data: Data = None,
    tenant: Tenant = "demo",
) -> None:
    """A desk with thirty days of work: its figures, then the desk live until Ctrl-C."""
    from api.cli.demo import show

    show(port, data, tenant, once=once)
