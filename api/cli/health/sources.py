"""What the commands about health share: where they read, at which instant, and by which definition."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from api.cli.definitions.definition_files import read
from api.cli.locale import Locale
from api.cli.read_options import PointInTimeOptions
from api.cli.usage_error import UsageError
from domain.definitions.kind import BUILT_IN_FROM, InEffect
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.health.definition import HealthDefinition
from domain.readable import Language
from projections.audit.words import word_of
from projections.engine.checkpoints import position_of
from projections.engine.projection import Projection
from projections.health.gather import Source

Definition = Annotated[
    Path | None, typer.Option(help="A definition file of health, or a shipped one; else what was in effect.")
]


class HealthReading(NamedTuple):
    """Where customers are gathered from, the instant of the reading, and how people read the answer."""

    source: Source
    at: datetime
    locale: Locale


@contextmanager
def health_reading(reading: PointInTimeOptions, *projections: Projection) -> Iterator[HealthReading]:
    """A reading in one snapshot. Without instants it is of now."""
    with reading.connection() as connection, connection.transaction():
        locale = reading.locale(connection)
        as_of, known_at = locale.instant(reading.as_of), locale.instant(reading.known_at)
        up_to = position_of(connection, reading.tenant, projections)
        if known_at is not None:
            up_to = min(up_to, reader.position_at(connection, reading.tenant, known_at))
        at = as_of or known_at or reader.now(connection)
        yield HealthReading(Source(connection, reading.tenant, schema_of(reading.tenant), up_to), at, locale)


def in_words(row: Mapping[str, Any], language: Language) -> dict[str, object]:
    """A row of a list of customers, with its tier and its band in words."""
    tier = row["tier"] and word_of("tier", row["tier"], language)
    return {**row, "tier": tier, "band": word_of("band", row["band"], language)}


def definition_in(file: Path | None) -> InEffect[HealthDefinition] | None:
    """The definition of a file, as if it were in effect always; None for none. Raises UsageError."""
    if file is None:
        return None
    written, _ = read(file)
    if not isinstance(written.body, HealthDefinition):
        raise UsageError(f"{file} holds a definition of {written.kind.name}: give one of health.")
    return InEffect(None, BUILT_IN_FROM, written.body)
