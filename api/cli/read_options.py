"""Reads a tenant for the person at the command line."""

from contextlib import AbstractContextManager
from typing import NamedTuple

from psycopg import Connection

from api.cli.locale import Locale, locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Lang, Tenant, Zone
from api.cli.tenant_database import tenant_connection


class ReadOptions(NamedTuple):
    """Which tenant is read, and how the answer is written: the options of the command line."""

    language: Lang = None
    zone: Zone = None
    data: Data = None
    tenant: Tenant = DEFAULT_TENANT
    as_json: AsJson = False

    def connection(self) -> AbstractContextManager[Connection]:
        """A connection to the database of the tenant. Raises UsageError."""
        return tenant_connection(self.data, self.tenant)

    def locale(self, connection: Connection) -> Locale:
        """The language and the zone of the answer. Raises UsageError."""
        return locale_of(connection, self.tenant, self.language, self.zone)
