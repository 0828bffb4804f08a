"""What the published retention keeps of a person, by projections that have caught up."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.definitions.kinds import RETENTION
from domain.definitions.published import definition_in_effect
from domain.erasure.retention import KeptRecord, retained
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day
from projections.customers.family import family_of
from projections.scope.tenant_settings import tenant_zone

_SQL = sql_file("api.erasing", "erasing.sql")


def retained_of(connection: Connection, tenant: str, customers: Collection[UUID], now: datetime) -> tuple[str, ...]:
    """A sentence for each retention rule that forbids the erasure of the customers now."""
    definitions = reader.definitions(connection, tenant)
    rules = definition_in_effect(definitions, RETENTION, now).body
    if not rules.rules:
        return ()
    zone = tenant_zone(connection, tenant, now)
    parameters = {"customers": list(customers)}
    last = connection.execute(_SQL["last days"].of(tenant), parameters).fetchall()
    records = [KeptRecord(kind, local_day(at, zone)) for kind, at in last]
    return retained(rules, records, local_day(now, zone))


def retained_of_customer(connection: Connection, tenant: str, customer: UUID) -> tuple[str, ...]:
    """The same for a customer and those merged into it, now."""
    members = family_of(connection, schema_of(tenant), customer).members
    return retained_of(connection, tenant, members, reader.now(connection))
