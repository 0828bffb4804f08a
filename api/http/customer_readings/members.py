"""The members of an organisation, and the names of customers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from api.http.customer_readings.facts import FactsOf
from projections.customers.queries import customer_in, names_of
from projections.customers.table import CUSTOMERS
from projections.scope.filters import MOST

_MEMBERS = """
select m.customer, c.name, m.role, m.main, m.since
from {memberships} m join {customers} c using (customer)
where m.organisation = any(%(organisations)s) and c.merged_into is null
order by m.customer limit %(most)s
"""
_EVER = """
select distinct stream from {audit}
where topic = 'customer.joined' and facts ->> 'organisation' = any(%(organisations)s) limit %(most)s
"""


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
    statement = sql.SQL(_MEMBERS).format(
        memberships=sql.Identifier(view.schema, "customer_memberships"),
        customers=sql.Identifier(view.schema, "customers"),
    )
    with view.connection.cursor(row_factory=class_row(Member)) as cursor:
        return cursor.execute(statement, {"organisations": facts.customers, "most": MOST}).fetchall()


def _members_as_they_were(facts: FactsOf) -> list[Member]:
    """The same of everybody who ever joined."""
    statement = sql.SQL(_EVER).format(audit=sql.Identifier(facts.view.schema, "audit_history"))
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
