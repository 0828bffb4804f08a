"""The zone in which the local days of a tenant are counted."""

from datetime import datetime

from psycopg import Connection

from domain.contract.term_days import DEFAULT_ZONE
from domain.zones import TimeZone


def tenant_zone(connection: Connection, tenant: str, at: datetime) -> TimeZone:  # noqa: ARG001 -- settings will say it
    """The zone at an instant."""
    return DEFAULT_ZONE
