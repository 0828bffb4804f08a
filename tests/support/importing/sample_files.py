"""The made-up exports of each shipped mapping, and the lines that they come to."""

from pathlib import Path
from typing import Any

from api.importing.column_binding import ColumnBinding
from api.importing.file_format import FileFormat
from api.importing.mapping import ImportMapping
from api.importing.readers.table import opened_table
from api.importing.reconcile import ReconciledRow, RecordedTicket, reconcile
from api.importing.rows import Row

SAMPLES = Path(__file__).parents[2] / "api" / "importing" / "samples"


def sample(name: str) -> Path:
    """The sample of a shipped mapping."""
    return next(path for path in SAMPLES.iterdir() if path.stem == name and path.suffix in {".csv", ".json"})


def lines_of(path: Path, mapping: ImportMapping) -> list[ReconciledRow]:
    """What becomes of each row of a file, in an empty log."""
    header, rows = read(path)
    binding = ColumnBinding(mapping, header)
    tickets: dict[str, list[Row]] = {}
    for number, cells in enumerate(rows, 2):
        tickets.setdefault(binding.ticket(cells), []).append(Row(number, "", cells))
    return [
        line
        for ticket, of_ticket in tickets.items()
        for line in reconcile(binding, ticket, of_ticket, RecordedTicket())
    ]


def as_text(lines: list[ReconciledRow]) -> str:
    """The facts of each row, one a line: day and time in UTC, topic, who, what and the word of the source."""
    text = ""
    for line in lines:
        text += f"row {line.row.line}{f': {line.reason}' if line.reason else ''}\n"
        for fact in line.events:
            facts = fact.payload.model_dump(mode="json", exclude={"customer_id", "candidates"}, exclude_none=True)
            what = ", ".join(f"{name} {_short(value)}" for name, value in facts.items())
            topic = fact.payload.topic.partition(".")[2]
            word = f" [{fact.reason}]" if fact.reason else ""
            text += f"  {fact.at:%d %H:%M} {topic} by {fact.actor.id}{f': {what}' if what else ''}{word}\n"
    return text


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{name} {change.get('old', '-')} -> {change.get('new', '-')}" for name, change in value.items()
        )
    return repr(value)


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a sample, as the import reads them."""
    with opened_table(path, FileFormat()) as table:
        return list(table.header), [row.cells for row in table.rows]
