"""Writes an export: to the standard output, to a file with its manifest, or to a folder."""

import sys
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, TextIO

from psycopg import Connection

from api.exporting.changes import find_changes
from api.exporting.exported_table import ExportedTable, rows_of
from api.exporting.manifest import WrittenFile, manifest_of
from api.exporting.parquet_file import write_parquet
from api.exporting.partial_output import checked_target, put, whole_or_nothing
from api.exporting.process_mining.objects import PROJECTIONS as OF_OBJECTS
from api.exporting.process_mining.writing import write_log
from api.exporting.progress import Counter, Progress
from api.exporting.snapshot import ExportRefused, ExportSnapshot, Moment, snapshot_of
from api.exporting.tables import Noun, tables_of
from api.exporting.text_files import write_csv, write_json_lines
from api.exporting.workbook import write_workbook
from domain.zones import TimeZone
from projections.engine.projection import Projection

Format = Literal["csv", "jsonl", "parquet", "xlsx", "ocel-json", "ocel-sqlite", "xes"]
LOGS: Mapping[Format, Noun] = MappingProxyType({"ocel-json": "events", "ocel-sqlite": "events", "xes": "tickets"})
"""The formats of process mining, with the noun that each of them is for."""
MANIFEST = "manifest.json"


class ExportForm(NamedTuple):
    """How tables are written. ``bom``: CSV begins with a byte order mark, by which Excel recognises UTF-8."""

    kind: Format
    bom: bool
    zone: TimeZone


class Export(NamedTuple):
    """An export that was asked for."""

    noun: Noun
    form: ExportForm
    moment: Moment
    progress: Progress = lambda *_: None

    @property
    def tables(self) -> tuple[ExportedTable, ...]:
        """The tables that it holds."""
        return tables_of(self.noun, incremental=self.moment.after > 0)

    @property
    def projections(self) -> Collection[Projection]:
        """The projections that it reads."""
        if self.form.kind in LOGS:
            return OF_OBJECTS
        return {projection.name: projection for table in self.tables for projection in table.projections}.values()

    @property
    def is_text(self) -> bool:
        """Whether the standard output can take it."""
        return self.form.kind in {"csv", "jsonl"} and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files; else it is one file."""
        return self.noun == "everything" and self.form.kind != "xlsx"

    @property
    def about(self) -> dict[str, str]:
        """What the manifest says of it."""
        return {"export": self.noun, "format": self.form.kind, "zone": self.form.zone.key}


class WrittenExport(NamedTuple):
    """How much stands in the files, at which position. ``rows`` None: of a log of process mining none are counted."""

    files: int
    rows: int | None
    position: int


def write_export(connection: Connection, tenant: str, export: Export, to: Path | None) -> WrittenExport | None:
    """Writes all of it or nothing; None for the standard output.

    Raises ExportRefused, ExportFailed and ProjectionOutdated.
    """
    _check(export)
    if to is None and not export.is_text:
        raise ExportRefused(f"This export needs --to {'FOLDER' if export.is_folder else 'FILE'}.")
    target = None if to is None else checked_target(to, folder=export.is_folder)
    if target is not None and not export.is_folder:
        checked_target(_manifest_beside(target), folder=False)
    folded = Counter("folding", export.progress).add
    with snapshot_of(connection, tenant, export.projections, export.moment, folded) as snapshot:
        find_changes(snapshot, export.projections)
        if target is None:
            _write_text(sys.stdout, snapshot, export, export.tables[0])
            return None
        with whole_or_nothing(target) as work:
            write = _write_folder if export.is_folder else _write_file
            files = write(work, snapshot, export, target)
        rows = [rows for file in files for _, rows in file.tables]
        return WrittenExport(len(files), sum(rows) if rows else None, snapshot.position)


def _check(export: Export) -> None:
    kind = export.form.kind
    if kind in LOGS and (export.noun != LOGS[kind] or export.moment.after):
        raise ExportRefused(f"--format {kind} is for `export {LOGS[kind]}`, without --after.")


def _write_folder(work: Path, snapshot: ExportSnapshot, export: Export, target: Path) -> list[WrittenFile]:
    folder = work / target.name
    folder.mkdir()
    files = [
        WrittenFile(path, [(table, _write_table(path, snapshot, export, table))])
        for table in export.tables
        for path in [folder / f"{table.name}.{export.form.kind}"]
    ]
    (folder / MANIFEST).write_text(manifest_of(snapshot, files, **export.about), encoding="utf-8")
    put(folder, target)
    return files


def _write_file(work: Path, snapshot: ExportSnapshot, export: Export, target: Path) -> list[WrittenFile]:
    """The manifest, and then the file beside it, so that no new file stands beside an older manifest."""
    path, manifest = work / target.name, _manifest_beside(work / target.name)
    kind, sizes, about = export.form.kind, list[int](), dict[str, object]()
    match kind:
        case "xlsx":
            sizes, about["remarks"] = write_workbook(path, snapshot, export.tables, export.form.zone, export.progress)
        case "ocel-json" | "ocel-sqlite" | "xes":
            about |= write_log(path, snapshot, kind, export.progress)
        case _:
            sizes = [_write_table(path, snapshot, export, table) for table in export.tables]
    files = [WrittenFile(path, list(zip(export.tables, sizes, strict=False)))]
    manifest.write_text(manifest_of(snapshot, files, **export.about, **about), encoding="utf-8")
    put(manifest, _manifest_beside(target))
    put(path, target)
    return files


def _manifest_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.{MANIFEST}")


def _write_table(path: Path, snapshot: ExportSnapshot, export: Export, table: ExportedTable) -> int:
    """Writes a table into a file of its own; returns the number of rows."""
    if export.form.kind == "parquet":
        return write_parquet(path, snapshot, table, Counter(table.name, export.progress))
    with path.open("w", encoding="utf-8", newline="") as file:
        return _write_text(file, snapshot, export, table)


def _write_text(output: TextIO, snapshot: ExportSnapshot, export: Export, table: ExportedTable) -> int:
    form, counter, shown = export.form, Counter(table.name, export.progress), output.isatty()
    with closing(rows_of(snapshot, table)) as stored:
        rows = counter.of(stored)
        if form.kind == "csv":
            write_csv(output, table.columns, rows, form.zone, bom=form.bom, shown=shown)
        else:
            write_json_lines(output, table.columns, rows, form.zone, shown=shown)
    return counter.total
