"""A person's own copy: every event of the streams that hold data of one customer (GDPR 15 and 20, Law 91/2025)."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel

from api.erasing.persons_streams import streams_of_persons
from api.history.page import HistoryFacts, history_page
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.readable import ByLanguage, Language
from domain.zones import TimeZone
from projections.audit.queries import AuditEntry, HistoryEntry
from projections.audit.sentences import sentence
from projections.audit.words import in_language
from projections.customers.family import family_of

_SQL = sql_file("api.erasing", "erasing.sql")
_NAMED_BY = frozenset({"customer.registered", "customer.details_changed"})
FORMAT = "ticketledger person copy v1"
_REQUEST: ByLanguage = MappingProxyType(
    {"en": "everything recorded about customer {}", "vi": "toàn bộ dữ liệu đã ghi về khách hàng {}"}
)
_TITLE: ByLanguage = MappingProxyType({"en": "Personal data", "vi": "Dữ liệu cá nhân"})


class CopiedEvent(BaseModel):
    """An event. ``facts`` is its payload; ``said`` is its sentence in each language, without what holds nothing."""

    position: int
    stream: UUID
    stream_kind: str
    topic: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    actor_kind: str
    channel: str | None
    reason: str | None
    facts: dict[str, object]
    said: dict[str, str]


class PersonsCopy(BaseModel):
    """All that is recorded of a person up to ``position``. ``customers`` are those who are this person by merges."""

    format: str = FORMAT
    tenant: str
    customer: UUID
    customers: list[UUID]
    made_at: datetime
    position: int
    events: list[CopiedEvent]


def bytes_of_person(connection: Connection, tenant: str, customer: UUID) -> int:
    """The bytes of the payloads that the copy of a customer holds."""
    schema = schema_of(tenant)
    streams = _streams_of(connection, tenant, customer, family_of(connection, schema, customer).members)
    statement = _SQL["bytes of a person"].composed(schema)
    ((size,),) = connection.execute(statement, {"streams": streams}).fetchall()
    return int(size)


def entries_of_person(connection: Connection, tenant: str, customer: UUID) -> tuple[list[UUID], list[HistoryEntry]]:
    """The customers that are one person, the survivor first, and the events of their streams in recorded order.

    Of an address that others have too, only the person's own claims.
    """
    schema = schema_of(tenant)
    members = family_of(connection, schema, customer).members
    streams = _streams_of(connection, tenant, customer, members)
    columns = sql.SQL(", ").join(sql.Identifier(field.name) for field in fields(AuditEntry))
    statement = _SQL["events of a person"].composed(schema, columns=columns)
    with connection.cursor(row_factory=class_row(HistoryEntry)) as cursor:
        return members, cursor.execute(statement, {"streams": streams, "members": members}).fetchall()


def _streams_of(connection: Connection, tenant: str, customer: UUID, members: list[UUID]) -> list[UUID]:
    return list({each.stored for each in streams_of_persons(connection, tenant, {customer: members})[customer]})


def persons_copy(connection: Connection, tenant: str, customer: UUID, position: int) -> PersonsCopy | None:
    """The copy for programs; None for an unknown customer."""
    members, entries = entries_of_person(connection, tenant, customer)
    if not entries:
        return None
    return PersonsCopy(
        tenant=tenant,
        customer=members[0],
        customers=members,
        made_at=reader.now(connection),
        position=position,
        events=[
            CopiedEvent(
                position=entry.position,
                stream=entry.stream,
                stream_kind=entry.stream_kind,
                topic=entry.topic,
                occurred_at=entry.occurred_at,
                recorded_at=entry.recorded_at,
                actor=entry.actor,
                actor_kind=entry.actor_kind,
                channel=entry.channel,
                reason=entry.reason,
                facts=entry.facts,
                said={"en": sentence(entry, "en"), "vi": sentence(entry, "vi")},
            )
            for entry in entries
        ],
    )


def persons_page(
    connection: Connection, tenant: str, customer: UUID, position: int, language: Language, zone: TimeZone
) -> str | None:
    """The copy as a page that people read; None for an unknown customer."""
    members, entries = entries_of_person(connection, tenant, customer)
    if not entries:
        return None
    request = _REQUEST[language].format(members[0])
    name = _name_of(entries, members[0])
    title = _TITLE[language] if name is None else in_language(f"{_TITLE[language]}: {name}", language)
    facts = HistoryFacts([(request, "")], reader.now(connection), position, title=title)
    return history_page(entries, facts, language, zone)


def _name_of(entries: Sequence[HistoryEntry], customer: UUID) -> str | None:
    """The last name that is recorded of a customer."""
    names = [entry.facts.get("name") for entry in entries if entry.stream == customer and entry.topic in _NAMED_BY]
    return next((str(name) for name in reversed(names) if name), None)
