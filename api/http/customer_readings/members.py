"""The members of an organisation, and the names of customers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from api.http.customer_readings.facts import FactsOf
from domain.event_log.sql_files import sql_file
from projections.customers.queries import customer_in, names_of
from projections.customers.table import CUSTOMERS
from projections.scope.filters import MOST

_SQL = sql_file("api.http.customer_readings", "customer_readings.sql")


@dataclass(slots=True)
class Member:
    """A person who belongs to the organisation; ``main`` is its usual one."""

    customer: UUID
    name: str | None
    role: str | None
    main: bool
    since: datetime


def members_in(facts: FactsOf) -> list[Member]:
    """The members of the organisation, at most MOST, now or at the instants of the reading."""
    view = facts.view
    if facts.reader.is_point_in_time:
        return _members_as_they_were(facts)
    statement = _SQL["members"].filled(schema=view.schema)
    with view.connection.cursor(row_factory=class_row(Member)) as cursor:
        return cursor.execute(statement, {"organisations": facts.customers, "most": MOST}).fetchall()


def _members_as_they_were(facts: FactsOf) -> list[Member]:
    """The same of all who ever joined."""
    statement = _SQL["ever members"].filled(schema=facts.view.schema)
    parameters = {"organisations": [str(customer) for customer in facts.customers], "most": MOST}
    joined = [stream for (stream,) in facts.view.connection.execute(statement, parameters).fetchall()]
    rows = facts.rows_of(CUSTOMERS, joined)
    persons = [person for stream in joined if (person := customer_in(rows.get(stream, []))) is not None]
    return [
        Member(person.customer, person.name, membership.role, membership.main, membership.since)
        for person in persons
        if person.merged_into is None
        for membership in person.memberships
        if membership.organisation in facts.customers
    ]


def names_in(facts: FactsOf, customers: Collection[UUID]) -> dict[UUID, str | None]:
    """The names of some customers at the instants of the reading; one that was not registered by then is absent."""
    if not facts.reader.is_point_in_time:
        return names_of(facts.view.connection, facts.view.schema, customers)
    rows = facts.rows_of(CUSTOMERS, customers)
    return {customer: row.name for customer in rows if (row := customer_in(rows[customer])) is not None}
