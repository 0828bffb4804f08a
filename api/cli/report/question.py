"""What a person asks of a report or of a figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from psycopg import Connection

from api.cli.options import in_zone
from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from domain.zones import TimeZone
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, RequestedPeriod
from projections.scope.tenant_settings import tenant_settings


@dataclass(frozen=True, slots=True)
class Question:
    """The days, the grouping, the filters, and the instants of knowledge and of the world."""

    period: RequestedPeriod = field(default_factory=RequestedPeriod)
    every: Every | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, str | None] = field(default_factory=dict)
    known_at: datetime | None = None
    as_of: datetime | None = None

    def at_instants(self, connection: Connection, tenant: str) -> Self:
        """The same with instants: without an offset they are meant in the zone asked for, or in the tenant's of now."""
        zone = self.zone(connection, tenant)
        return replace(self, known_at=in_zone(self.known_at, zone), as_of=in_zone(self.as_of, zone))

    def zone(self, connection: Connection, tenant: str) -> TimeZone:
        """The zone asked for, or the tenant's of now."""
        return self.period.under(tenant_settings(connection, tenant, reader.now(connection))).zone

    def position(self, connection: Connection, tenant: str) -> int:
        """The position of the log up to which something is known."""
        if self.known_at is None:
            return reader.head(connection, tenant)
        return reader.position_at(connection, tenant, self.known_at)

    def query(self, connection: Connection, tenant: str, schema: str) -> FigureQuery:
        """The question to the projections in a schema, once its instants are known."""
        now = self.as_of or self.known_at or reader.now(connection)
        position = self.position(connection, tenant)
        definitions = reader.definitions(connection, tenant, position)
        settings = settings_in_effect(definitions, now)
        return FigureQuery(
            connection,
            schema,
            now,
            self.period.under(settings),
            self.every,
            self.by,
            self.where,
            self.as_of,
            tenant,
            definitions,
            position,
        )
