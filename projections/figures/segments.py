"""The persons who were in a segment at an instant, judged from the log."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from psycopg import sql

from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.customers.survivors import survivors
from projections.figures.of_customers import with_persons
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import AT_ONCE, health_at, in_segment
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "segments.sql")


def log_of(query: FigureQuery) -> Source:
    """The log that the question reads."""
    up_to = reader.head(query.connection, query.tenant) if query.position is None else query.position
    return Source(query.connection, query.tenant, schema_of(query.tenant), up_to)


def persons_in(
    query: FigureQuery, segment: str, at: datetime, persons: Collection[UUID] | None = None
) -> Sequence[UUID]:
    """The persons with a customer in the segment at an instant, of ``persons`` or of all; none of an undefined segment.

    A person is all customers that are merged when the question is asked. The cost is that of gathering their events.
    """
    try:
        definition = definition_in_effect(query.definitions, SEGMENT, at, segment).body
    except LookupError:
        return ()
    source, members = log_of(query), list[UUID]()
    families = _families(query, persons)
    while batch := list(islice(families, AT_ONCE)):
        gathered = GatheredCustomers(source, {customer for _, family in batch for customer in family})
        for person, family in batch:
            summaries = [gathered.summary(customer, at) for customer in family]
            if any(
                in_segment(definition, summary, partial(health_at, gathered, summary))
                for summary in summaries
                if summary is not None
            ):
                members.append(person)
    return members


def _families(query: FigureQuery, persons: Collection[UUID] | None) -> Iterator[tuple[UUID, list[UUID]]]:
    """The customers of each person, by the merges that the question reads."""
    statement = _SQL["families"].composed(
        query.schema,
        survivors=survivors(query.schema),
        customers=with_persons(query.table("customers")),
        everybody=sql.Literal(persons is None),
        persons=sql.Literal(list(persons or ())),
    )
    yield from query.connection.execute(statement).fetchall()
