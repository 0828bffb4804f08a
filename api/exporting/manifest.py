"""The manifest of an export: what its files hold, at which position, and by which definitions."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from api.exporting.exported_table import ExportedTable
from api.exporting.figures import EXPORTED_FIGURES
from api.exporting.snapshot import ExportSnapshot
from api.program_name import INSTALLED
from domain.definitions.overview import overview
from domain.definitions.published import PublishedVersion
from domain.event_log import reader
from domain.program_version import program_version
from domain.sla.calendar.business_time import CalendarVersion
from domain.sla.policy.policy import PolicyVersion
from domain.sla.policy.published import calendars_by_name, policy_versions
from domain.versions import in_effect
from projections.figures.registry import FIGURES


class WrittenFile(NamedTuple):
    """A file by its name in the export, with the tables that it holds and their numbers of rows."""

    path: Path
    tables: Sequence[tuple[ExportedTable, int]]


def manifest_of(snapshot: ExportSnapshot, files: Sequence[WrittenFile], **about: object) -> str:
    """The manifest as JSON. It names no folder and no present time: the same export has the same manifest."""
    document = {
        "program": INSTALLED,
        "version": program_version(),
        "tenant": snapshot.tenant,
        **about,
        "first_position": snapshot.after + 1,
        "last_position": snapshot.position,
        "instant": snapshot.instant,
        "as_of": snapshot.as_of,
        "files": [
            {"name": written.path.name, "sha256": _digest(written.path), "bytes": written.path.stat().st_size}
            for written in files
        ],
        "tables": [
            {
                "name": table.name,
                "file": written.path.name,
                "rows": rows,
                "grain": table.grain,
                "key": list(table.key),
                "columns": [
                    {"name": column.name, "type": column.type.name, "nullable": column.nullable}
                    for column in table.columns
                ],
            }
            for written in files
            for table, rows in written.tables
        ],
        "definitions": list(definitions_in_effect(snapshot)),
    }
    if any(table.name == EXPORTED_FIGURES.name for written in files for table, _ in written.tables):
        document["formulas"] = [{"figure": figure.name, "version": figure.version} for figure in FIGURES.values()]
    return json.dumps(to_jsonable_python(document), ensure_ascii=False, indent=1) + "\n"


def definitions_in_effect(snapshot: ExportSnapshot) -> Iterator[dict[str, Any]]:
    """The versions in effect at the instant of the export; version 0 is built in."""
    connection, tenant, position = snapshot.connection, snapshot.tenant, snapshot.position
    for definition in overview(reader.definitions(connection, tenant, position), snapshot.instant):
        yield _version(definition.kind, definition.name, definition)
    rules = reader.rules(connection, tenant, position)
    if policy := in_effect(policy_versions(rules), snapshot.instant):
        yield _version("policy", policy.policy.name, policy)
    for _, versions in sorted(calendars_by_name(rules).items()):
        if calendar := in_effect(versions, snapshot.instant):
            yield _version("calendar", calendar.calendar.name, calendar)


def _version(kind: str, name: str, of: PublishedVersion | PolicyVersion | CalendarVersion) -> dict[str, Any]:
    return {"kind": kind, "name": name, "version": of.version, "effective_from": of.effective_from}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
