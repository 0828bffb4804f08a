"""The period that --from, --to and --zone name, and the instant of a time that names no zone."""

from datetime import datetime

from psycopg import Connection

from api.cli.options import in_order, zone_of
from api.cli.tenant_database import connected
from domain.event_log import reader
from projections.scope.periods import Period, RequestedPeriod
from projections.scope.tenant_settings import tenant_settings, tenant_zone


def requested_period(first: datetime | None, last: datetime | None, zone: str | None) -> RequestedPeriod:
    """The days from --from to --to in a zone. Raises UsageError for an unknown zone or days in the wrong order."""
    in_order(first, last)
    return RequestedPeriod(first and first.date(), last and last.date(), None if zone is None else zone_of(zone))


def in_tenant_zone(connection: Connection, tenant: str, requested: RequestedPeriod) -> Period:
    """The days in their zone; that of the tenant where none is given."""
    return requested.under(tenant_settings(connection, tenant, reader.now(connection)))


def local_instant(dsn: str, tenant: str, time: datetime, zone: str | None) -> datetime:
    """The instant of a time: in the zone that it names, else in ``zone``, else in the tenant's. Raises UsageError."""
    if time.tzinfo:
        return time
    if zone is not None:
        return time.replace(tzinfo=zone_of(zone))
    with connected(dsn) as connection:
        return time.replace(tzinfo=tenant_zone(connection, tenant, reader.now(connection)))
