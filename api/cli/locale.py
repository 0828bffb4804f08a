"""The language and the zone of an answer: what the command names, else the tenant's."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from psycopg import Connection

from api.cli.options import in_zone, zone_of
from domain.event_log import reader
from domain.readable import Language
from domain.zones import TimeZone, zone_named
from projections.customers.tenant_zone import tenant_settings

_ZONE: Mapping[Language, str] = MappingProxyType({"en": "Times are of {}.", "vi": "Thời gian theo múi giờ {}."})


class Locale(NamedTuple):
    """How people read an answer."""

    language: Language
    zone: TimeZone

    def instant(self, time: datetime | None) -> datetime | None:
        """The instant of a time given by a person: local where it names no zone."""
        return in_zone(time, self.zone)

    @property
    def zone_sentence(self) -> str:
        """Stands below a table with local times."""
        return zone_sentence(self.zone, self.language)


def locale_of(connection: Connection, tenant: str, language: Language | None, zone: str | None) -> Locale:
    """The named language and zone, else the tenant's of now. Raises UsageError for an unknown zone."""
    named = zone_of(zone) if zone else None
    settings = tenant_settings(connection, tenant, reader.now(connection))
    return Locale(language or settings.language, named or zone_named(settings.zone))


def zone_sentence(zone: TimeZone, language: Language = "en") -> str:
    """Whose time the times of a table are."""
    return _ZONE[language].format(zone.key)
