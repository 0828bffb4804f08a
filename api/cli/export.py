"""`export`: tables as files."""

import os
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.locale import locale_of
from api.cli.options import DAY, DEFAULT_TENANT, AsOf, Data, KnownAt, Tenant, in_zone, zone_of
from api.cli.printing import bars, say
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.exporting.exporter import Export, ExportForm, Format, WrittenExport, write_export
from api.exporting.snapshot import Moment
from api.exporting.tables import Noun
from domain.readable import Language, number
from domain.zones import UTC_ZONE
from projections.scope.periods import DEFAULT_DAYS, Every, RequestedPeriod

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "written": "Written to {to}: {rows} rows in {count}, up to position {position}. The manifest says more.",
            "file": "one file",
            "files": "{} files",
            "log": "Written to {to}, up to position {position}. The manifest says more.",
        },
        "vi": {
            "written": "Đã ghi vào {to}: {rows} dòng trong {count}, đến vị trí {position}. Bản kê cho biết chi tiết.",
            "file": "một tệp",
            "files": "{} tệp",
            "log": "Đã ghi vào {to}, đến vị trí {position}. Bản kê cho biết chi tiết.",
        },
    }
)
_PHASES: Mapping[str, str] = MappingProxyType(
    {"folding": "sự kiện tổng hợp", "objects": "đối tượng", "events": "sự kiện", "traces": "phiếu"}
)
"""The phases of an export in Vietnamese; a table has its own name."""
INSTANTS = frozenset({"parquet", "ocel-json", "ocel-sqlite", "xes"})
"""The formats that write every time in UTC."""


def export(
    noun: Annotated[Noun, typer.Argument(help="What to export; everything is a folder of all tables.")] = "tickets",
    kind: Annotated[
        Format,
        typer.Option(
            "--format",
            help="Parquet and Excel need the extra `export`; ocel-* is for events, xes for tickets.",
        ),
    ] = "csv",
    to: Annotated[
        Path | None,
        typer.Option("--to", help="A file, for everything a new folder; csv and jsonl else go to the standard output."),
    ] = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV with a byte order mark: Excel then reads it as UTF-8.")
    ] = False,
    zone: Annotated[
        str | None,
        typer.Option("--zone", help="The IANA time zone of times; else UTC. Days of figures: else the tenant's."),
    ] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Only what changed after this position of the log.")] = 0,
    at: Annotated[
        int | None, typer.Option("--at", min=0, help="As the log stood at this position; else the newest.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--first", formats=DAY, help=f"Figures: the first day; else {DEFAULT_DAYS} days."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--last", formats=DAY, help="Figures: the last day, included.")
    ] = None,
    every: Annotated[Every | None, typer.Option("--every", help="Figures: a row for each of these periods.")] = None,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Export tickets, events, customers, figures or everything, at one position of the log.

    Running clocks stand as at the instant of that position. Two exports at one position are equal. A file appears when
    it is complete, with a manifest beside it: rows, columns, positions, digests, definitions. Times are ISO 8601 with
    their offset. In CSV an apostrophe stands before a text that a spreadsheet would take for a formula.
    """
    if bom and kind != "csv":
        raise UsageError(
            "--bom is for CSV: leave it out, or choose --format csv.",
            "--bom dành cho CSV: hãy bỏ đi, hoặc chọn --format csv.",
        )
    if kind in INSTANTS and zone is not None and noun != "figures":
        raise UsageError(
            f"--zone is for other formats: {kind} holds instants, which its readers show in any zone.",
            f"--zone dành cho định dạng khác: {kind} giữ thời điểm, chương trình đọc cho xem theo múi giờ bất kỳ.",
        )
    if noun not in {"figures", "everything"} and (first or last or every):
        raise UsageError(
            "--first, --last and --every are for figures and everything.",
            "--first, --last và --every dành cho figures và everything.",
        )
    if at is not None and known_at is not None:
        raise UsageError(
            "--at and --known-at both name a position: choose one of them.",
            "--at và --known-at đều nêu một vị trí: hãy chọn một trong hai.",
        )
    chosen_zone = None if zone is None else zone_of(zone)
    local = chosen_zone or UTC_ZONE
    days = RequestedPeriod(first and first.date(), last and last.date(), chosen_zone)
    moment = Moment(at, in_zone(known_at, local), in_zone(as_of, local), after, days, every)
    with tenant_connection(data, tenant) as connection, bars(quiet=not fills_a_file(to)) as progress:
        language = locale_of(connection, tenant, None, None).language

        def show(phase: str, done: int) -> None:
            progress.show_next(_PHASES.get(phase, phase) if language == "vi" else phase, done)

        wanted = Export(noun, ExportForm(kind, bom, local), moment, show)
        written = write_export(connection, tenant, wanted, to)
    if written is not None:
        say(_written(written, to, language))


def _written(written: WrittenExport, to: Path | None, language: Language) -> str:
    """What stands where."""
    words = _WORDS[language]
    if written.rows is None:
        return words["log"].format(to=to, position=number(written.position, language))
    count = words["file"] if written.files == 1 else words["files"].format(number(written.files, language))
    shown = {"rows": number(written.rows, language), "position": number(written.position, language)}
    return words["written"].format(to=to, count=count, **shown)


def fills_a_file(to: Path | None, output: int = 1) -> bool:
    """Whether the rows go to a file, by ``to`` or by the shell. On a terminal a bar would stand between the rows."""
    return to is not None or stat.S_ISREG(os.fstat(output).st_mode)
