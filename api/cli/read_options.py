"""Reads a tenant for the person at the command line."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from api.cli.locale import Locale, language_of, locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, AsOf, Data, KnownAt, Lang, Tenant, Zone
from api.cli.tenant_database import tenant_connection
from domain.readable import Language


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """Which tenant answers, in which language, or for programs: the options of answers without times."""

    language: Lang = None
    data: Data = None
    tenant: Tenant = DEFAULT_TENANT
    as_json: AsJson = False

    def connection(self) -> AbstractContextManager[Connection]:
        """A connection to the database of the tenant. Raises UsageError."""
        return tenant_connection(self.data, self.tenant)

    def language_in(self, connection: Connection) -> Language:
        """The named language, else the tenant's of now."""
        return locale_of(connection, self.tenant, self.language, None).language

    def language_now(self) -> Language:
        """The same by a connection of its own; without a tenant the language of a new one."""
        return language_of(self.data, self.tenant, self.language)


@dataclass(frozen=True, slots=True)
class ReadOptions(AnswerOptions):
    """The same for answers with times."""

    zone: Zone = None

    def locale(self, connection: Connection) -> Locale:
        """The language and the zone of the answer. Raises UsageError."""
        return locale_of(connection, self.tenant, self.language, self.zone)


@dataclass(frozen=True, slots=True)
class PointInTimeOptions(ReadOptions):
    """The same for a reading at another instant."""

    known_at: KnownAt = None
    as_of: AsOf = None

    def instants(self, locale: Locale) -> Mapping[str, datetime | None]:
        """``known_at`` and ``as_of`` as instants by their names, for a call that takes both."""
        return {"known_at": locale.instant(self.known_at), "as_of": locale.instant(self.as_of)}
