"""What the commands about health share: where they read, at which instant, and by which definition."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from api.cli.definitions.definition_files import read
from api.cli.locale import Locale, locale_of
from api.cli.tenant_database import tenant_connection
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
def health_reading(
    data: Path | None,
    tenant: str,
    *projections: Projection,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    language: Language | None = None,
    zone: str | None = None,
) -> Iterator[HealthReading]:
    """A reading in one snapshot. Without instants it is of now."""
    with tenant_connection(data, tenant) as connection, connection.transaction():
        locale = locale_of(connection, tenant, language, zone)
        as_of, known_at = locale.instant(as_of), locale.instant(known_at)
        up_to = position_of(connection, tenant, projections)
        if known_at is not None:
            up_to = min(up_to, reader.position_at(connection, tenant, known_at))
        at = as_of or known_at or reader.now(connection)
        yield HealthReading(Source(connection, tenant, schema_of(tenant), up_to), at, locale)


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
