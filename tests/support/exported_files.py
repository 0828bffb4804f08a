"""Exports of a test's tenant, and how other programs read them."""

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from api.exporting.exporter import Export, ExportForm, Format, write_export
from api.exporting.snapshot import NOW, Moment
from api.exporting.tables import Noun
from domain.zones import UTC_ZONE, TimeZone
from tests.support.told import TENANT


def exported_to(
    dsn: str, to: Path, noun: Noun, kind: Format, moment: Moment = NOW, *, zone: TimeZone = UTC_ZONE
) -> Path:
    """Writes an export; returns its place."""
    with psycopg.connect(dsn, autocommit=True, options="-c timezone=UTC") as connection:
        write_export(connection, TENANT, Export(noun, ExportForm(kind, bom=False, zone=zone), moment), to)
    return to


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def cells_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def parquet_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file, as DuckDB reads them."""
    with duckdb.connect() as connection:
        answer = connection.execute("select * from read_parquet(?)", [str(file)])
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def manifest_beside(file: Path) -> Any:
    """The manifest of an export of one file."""
    return json.loads(file.with_name(f"{file.name}.manifest.json").read_text(encoding="utf-8"))


def files_under(folder: Path) -> dict[str, bytes]:
    """The content of every file, by its place in the folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
