"""What a mapping would do with the first rows of a file, recording nothing."""

from pathlib import Path
from typing import TypedDict

from pydantic_core import to_jsonable_python

from api.importing.mapping import ImportMapping
from api.importing.outcome import NOT_TAKEN
from api.importing.reconcile import RecordedTicket, reconcile
from api.importing.rows import Rejected
from api.importing.staging import stage_file
from api.importing.staging_table import StagingTable
from api.importing.translate import ImportedEvent


class ExplainedFact(TypedDict):
    """An event and the facts that tell it from others of its kind, as text."""

    event: str
    occurred_at: str
    actor: str
    facts: str


class ExplainedLine(TypedDict):
    """A row of the file; a rejected one has the event "rejected" and its reason as facts.

    ``unknown_state``: one that the mapping does not name; it is kept as written and tells no event.
    """

    line: int
    ticket: str
    facts: list[ExplainedFact]
    unknown_state: str | None


def explanation(path: Path, mapping: ImportMapping, rows: int) -> list[ExplainedLine]:
    """The first rows in the order of the file. Raises MappingError or UnreadableFile."""
    staging = StagingTable()
    try:
        rejected: list[Rejected] = []
        binding, _ = stage_file(path, mapping, staging, rejected.append, limit=rows)
        lines = [_rejected(one.line, "", one.reason) for one in rejected]
        for ticket, found in staging.tickets():
            fingerprints = [binding.fingerprint(row.cells) for row in found]
            for line in reconcile(binding, ticket, found, fingerprints, RecordedTicket()):
                if line.place in NOT_TAKEN:
                    lines.append(_rejected(line.row.line, ticket, line.reason))
                else:
                    facts = [_fact(fact) for fact in line.facts]
                    lines.append(
                        {
                            "line": line.row.line,
                            "ticket": ticket,
                            "facts": facts,
                            "unknown_state": line.unknown_state,
                        }
                    )
    finally:
        staging.close()
    return sorted(lines, key=lambda line: line["line"])


def _rejected(line: int, ticket: str, reason: str) -> ExplainedLine:
    facts: list[ExplainedFact] = [{"event": "rejected", "occurred_at": "", "actor": "", "facts": reason}]
    return {"line": line, "ticket": ticket, "facts": facts, "unknown_state": None}


def _fact(fact: ImportedEvent) -> ExplainedFact:
    said = to_jsonable_python(fact.payload, exclude_none=True)
    changes = said.pop("changes", {})
    said |= {name: f"{change.get('old', '-')} -> {change.get('new', '-')}" for name, change in changes.items()}
    said.pop("customer_id", None)
    return {
        "event": fact.payload.topic,
        "occurred_at": fact.at.isoformat(" ", "minutes"),
        "actor": fact.actor.id,
        "facts": ", ".join(f"{name}: {value}" for name, value in said.items()),
    }
