"""The events of the first rows of a file, for a look at a mapping; nothing is recorded."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from api.importing.check import all_new
from api.importing.imported_event import ImportedEvent
from api.importing.mapping import ImportMapping
from api.importing.outcome import NOT_TAKEN
from api.importing.reconcile import ReconciledRow
from api.importing.rows import Rejected
from api.importing.staging import stage_file
from api.importing.staging_table import StagingTable


class ExplainedRow(NamedTuple):
    """A row of the file with its events; ``rejected`` says why there are none.

    ``unknown_state``: a state that the mapping does not name; it is kept as written and leads to no event.
    """

    line: int
    ticket: str
    events: Sequence[ImportedEvent] = ()
    rejected: str | None = None
    unknown_state: str | None = None


def explanation(path: Path, mapping: ImportMapping, rows: int) -> list[ExplainedRow]:
    """The first ``rows`` rows in the order of the file. Raises MappingError or UnreadableFile."""
    rejected: list[Rejected] = []
    with closing(StagingTable()) as staging:
        binding, _ = stage_file(path, mapping, staging, rejected.append, limit=rows)
        explained = [ExplainedRow(row.line, "", rejected=row.reason) for row in rejected]
        explained += map(_explained, all_new(binding)(dict(staging.tickets())))
    return sorted(explained, key=lambda row: row.line)


def _explained(row: ReconciledRow) -> ExplainedRow:
    if row.status in NOT_TAKEN:
        return ExplainedRow(row.row.line, row.ticket, rejected=row.reason)
    return ExplainedRow(row.row.line, row.ticket, row.events, unknown_state=row.unknown_state)


def for_programs(row: ExplainedRow) -> Mapping[str, Any]:
    """The row for JSON. A rejected row has one event "rejected", whose facts are the reason."""
    facts = [_event(event) for event in row.events]
    if row.rejected is not None:
        facts = [{"event": "rejected", "occurred_at": "", "actor": "", "facts": row.rejected}]
    return {"line": row.line, "ticket": row.ticket, "facts": facts, "unknown_state": row.unknown_state}


def _event(event: ImportedEvent) -> Mapping[str, str]:
    """An event; its facts are the fields that tell it from others of its kind, as text."""
    fields = to_jsonable_python(event.payload, exclude_none=True)
    changes = fields.pop("changes", {})
    fields |= {name: f"{change.get('old', '-')} -> {change.get('new', '-')}" for name, change in changes.items()}
    fields.pop("customer_id", None)
    return {
        "event": event.payload.topic,
        "occurred_at": event.at.isoformat(" ", "minutes"),
        "actor": event.actor.id,
        "facts": ", ".join(f"{name}: {value}" for name, value in fields.items()),
    }
