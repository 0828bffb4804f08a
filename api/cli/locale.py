"""The language and the zone of an answer: what the command names, else the tenant's."""

from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from psycopg import Connection

from api.cli.options import in_zone, zone_of
from api.cli.printing import local
from api.cli.running_command import answer_in
from api.cli.tenant_database import address_if_there, connected
from domain.event_log import reader
from domain.event_log.roles import READER
from domain.readable import ByLanguage, Language
from domain.tenant_settings import TenantSettings
from domain.zones import TimeZone, zone_named
from projections.scope.tenant_settings import tenant_settings

_BUILT_IN: ByLanguage = MappingProxyType({"en": "built in", "vi": "có sẵn"})
_ZONE: ByLanguage = MappingProxyType({"en": "Times are of {}.", "vi": "Thời gian theo múi giờ {}."})


class Locale(NamedTuple):
    """How people read an answer."""

    language: Language
    zone: TimeZone

    def instant(self, time: datetime | None) -> datetime | None:
        """The instant of a time given by a person: local where it names no zone."""
        return in_zone(time, self.zone)

    def effective_from(self, version: int, since: datetime) -> datetime | str | None:
        """The local time from which a version is in effect. Version 0 is built in and always was."""
        return local(since, self.zone) if version else _BUILT_IN[self.language]

    @property
    def zone_sentence(self) -> str:
        """Stands below a table with local times."""
        return zone_sentence(self.zone, self.language)


def locale_of(connection: Connection, tenant: str, language: Language | None, zone: str | None) -> Locale:
    """The named language and zone, else the tenant's of now. Raises UsageError for an unknown zone."""
    named = zone_of(zone) if zone else None
    settings = tenant_settings(connection, tenant, reader.now(connection))
    answer_in(language or settings.language)
    return Locale(language or settings.language, named or zone_named(settings.zone))


def language_of(data: Path | None, tenant: str, language: Language | None) -> Language:
    """The named language, else the tenant's; without a tenant that of a new one."""
    return language or settings_of(data, tenant).language


def settings_of(data: Path | None, tenant: str) -> TenantSettings:
    """The tenant's settings of now; without a tenant those of a new one."""
    with address_if_there(data, tenant, READER) as dsn:
        if dsn is None:
            return TenantSettings()
        with connected(dsn) as connection:
            return tenant_settings(connection, tenant, reader.now(connection))


def zone_sentence(zone: TimeZone, language: Language = "en") -> str:
    """Whose time the times of a table are."""
    return _ZONE[language].format(zone.key)
