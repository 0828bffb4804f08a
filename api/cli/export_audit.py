"""`export audit`: a range of the log with the proofs that an auditor verifies offline."""

import shlex
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args
from uuid import UUID

import typer

from api.auditing.audited_lines import AuditFilter, FilterName
from api.auditing.range_ends import bound_of
from api.auditing.writer import AuditExport, WrittenBundle, waiting, write_bundle
from api.cli.locale import locale_of
from api.cli.options import DEFAULT_TENANT, INSTANT, Data, Tenant, Zone, in_zone
from api.cli.printing import bars, show_line, show_sentence
from api.cli.running_command import count_rows
from api.cli.tenant_database import tenant_connection
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from api.program_name import program_name
from domain.event_log.schema import schema_of
from domain.sealing.leaf import SealedLog
from domain.zones import TimeZone


def export_audit(
    to: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The file of the bundle; an older one is replaced.")],
    first: Annotated[str | None, typer.Option("--from", help="The first position or instant; else the first.")] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="The last position, instant or day; else the last sealed position.")
    ] = None,
    ticket: Annotated[str | None, typer.Option(help="Only a ticket: its id, or its number in the source.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only a customer, with all tickets.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what an actor did.")] = None,
    log: Annotated[SealedLog, typer.Option(help="The events, or who read and was refused.")] = "events",
    since: Annotated[
        Path | None, typer.Option("--since", help="A checkpoint that the auditor kept; it goes into the bundle.")
    ] = None,
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Export a range of the log with the proofs that an auditor verifies offline.

    The bundle holds the stored bytes of each line, the hashes of the whole tree (32 bytes for each event), and the
    newest signed checkpoint. A whole range proves that nothing is missing; a filter proves each line, not that there
    are no others. The auditor runs `verify OUT.zip --key KEY`.
    """
    chosen = {"ticket": ticket, "customer": customer, "actor": actor}
    if sum(value is not None for value in chosen.values()) > 1:
        raise UsageError("Choose one of --ticket, --customer and --actor.")
    kept = None if since is None else since.read_text(encoding="utf-8")
    with tenant_connection(data, tenant) as connection, bars() as progress:
        _, local = locale_of(connection, tenant, None, zone)
        if ticket is not None:
            chosen["ticket"] = str(ticket_named(connection, schema_of(tenant), ticket))
        export = AuditExport(
            log,
            _bound("--from", first, local),
            _bound("--to", last, local),
            _filter(chosen),
            kept,
            progress.show_next,
        )
        written = write_bundle(connection, tenant, export, to)
        count_rows(written.lines)
    _show(written, to, log)


def _bound(option: str, word: str | None, zone: TimeZone) -> int | datetime | None:
    """A position or an instant. A day of --to ends with its last microsecond. Raises UsageError."""
    if word is None:
        return None
    with suppress(ValueError):
        return bound_of(word, zone, is_end=option == "--to")
    for form in INSTANT:
        with suppress(ValueError):
            return in_zone(datetime.strptime(word, form), zone)  # noqa: DTZ007 -- the zone follows
    raise UsageError(f"{option} {word!r} is neither a position nor an instant such as 2026-03-31T18:00:00.")


def _filter(chosen: dict[str, str | None]) -> AuditFilter | None:
    """The one filter that is given. Raises UsageError for a customer that is no id."""
    for name in get_args(FilterName):
        value = chosen[name]
        if value is None:
            continue
        if name == "customer":
            try:
                value = str(UUID(value))
            except ValueError:
                raise UsageError(f"--customer {value!r} is no id of a customer.") from None
        return AuditFilter(name, value)
    return None


def _show(written: WrittenBundle, to: Path, log: SealedLog) -> None:
    positions = f"positions {written.first} to {written.last}"
    if written.last < written.first:
        positions = f"as nothing was recorded between positions {written.last} and {written.first}"
    show_sentence(f"{to}: {written.lines} lines of {log}, {positions}.")
    show_sentence(f"Its checkpoint covers positions 1 to {written.size}.")
    if written.window.events:
        show_sentence(waiting(written.window))
    show_line(f"To verify it: {program_name()} verify {shlex.quote(str(to))} --key KEY")
