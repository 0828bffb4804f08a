"""Files of customers and what belongs to them, imported into the default tenant."""

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from api.importing.mapping import ImportMapping
from api.importing.records.importer import import_records
from api.importing.records.mapping import AnyRecordMapping, read_any_mapping
from api.importing.records.outcome import RecordsResult
from api.importing.source_ids import SourceIds
from domain.envelope import RecordedEvent
from domain.event_log import reader

SAMPLES = Path(__file__).parents[2] / "api" / "importing" / "samples" / "records"


def mapping_named(name: str) -> AnyRecordMapping:
    """A shipped mapping of records."""
    mapping = read_any_mapping(Path(name))
    assert not isinstance(mapping, ImportMapping)
    return mapping


def imported(dsn: str, file: Path, mapping: str, rejects: Path, content: str | None = None) -> RecordsResult:
    """The outcome of an import of a file, which is written first when its content is given."""
    if content is not None:
        file.write_text(content, encoding="utf-8")
    return import_records(dsn, "default", file, mapping_named(mapping), rejects)


def customer_named(reference: str) -> UUID:
    """The stream of a customer of the shipped mappings."""
    return SourceIds("crm").customer(reference, "").stream


def log_of(dsn: str, stream: UUID | None = None) -> list[RecordedEvent]:
    """The events of the tenant, or of one stream."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        events = reader.page(connection, "default", 0, 100_000)
    return [event for event in events if stream in {None, event.stream}]


def told(event: RecordedEvent, *names: str) -> tuple[Any, ...]:
    """The topic of an event and some fields of its payload."""
    return (event.topic, *(getattr(event.payload, name) for name in names))
