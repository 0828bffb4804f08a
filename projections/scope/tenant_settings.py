"""The settings of a tenant, and the zone in which its local days are counted."""

from collections.abc import Callable
from datetime import datetime

from psycopg import Connection

from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from domain.tenant_settings import TenantSettings
from domain.zones import TimeZone, zone_named


def tenant_zones(connection: Connection, tenant: str) -> Callable[[datetime], TimeZone]:
    """Gives the zone at an instant by the settings that are known now."""
    definitions = reader.definitions(connection, tenant)
    return lambda at: zone_named(settings_in_effect(definitions, at).zone)


def tenant_zone(connection: Connection, tenant: str, at: datetime) -> TimeZone:
    """The zone at an instant."""
    return tenant_zones(connection, tenant)(at)


def tenant_settings(connection: Connection, tenant: str, at: datetime) -> TenantSettings:
    """The settings in effect at an instant, by what is known now."""
    return settings_in_effect(reader.definitions(connection, tenant), at)
