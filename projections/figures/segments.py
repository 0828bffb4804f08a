"""The persons who were in a segment at some instants, judged from the log."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from psycopg import sql

from domain.definitions.kind import InEffect
from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.segment.definition import SegmentDefinition
from domain.segment.predicate import changes_by_events, streams_read_by
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
    query: FigureQuery, segment: str, instants: Collection[datetime], persons: Collection[UUID] | None = None
) -> Iterator[tuple[datetime, UUID]]:
    """The persons with a customer in the segment at each of some instants, of ``persons`` or of all.

    Nobody is in an undefined segment. A person is all customers that are merged when the question is asked. The cost is
    that of gathering their events once, and of judging each customer at each instant; where the definition judges by
    events alone, as often as it has new ones.
    """
    definitions = {at: then for at in sorted(instants) if (then := _definition(query, segment, at)) is not None}
    if not definitions:
        return
    source, families = log_of(query), _families(query, persons)
    kinds = frozenset().union(*(streams_read_by(then.body.members) for then in definitions.values()))
    while batch := list(islice(families, AT_ONCE)):
        gathered = GatheredCustomers(source, {customer for _, family in batch for customer in family}, kinds)
        judged = JudgedCustomers(gathered)
        for at, definition in definitions.items():
            for person, family in batch:
                if any(judged.is_in(definition, customer, at) for customer in family):
                    yield at, person


def _definition(query: FigureQuery, segment: str, at: datetime) -> InEffect[SegmentDefinition] | None:
    try:
        return definition_in_effect(query.definitions, SEGMENT, at, segment)
    except LookupError:
        return None


class JudgedCustomers:
    """Who is in a segment at instants that go on. It keeps what only new events can change."""

    def __init__(self, gathered: GatheredCustomers) -> None:
        self._gathered = gathered
        self._by_events: dict[int | None, bool] = {}
        self._kept: dict[UUID, tuple[tuple[int | None, int], bool]] = {}

    def is_in(self, definition: InEffect[SegmentDefinition], customer: UUID, at: datetime) -> bool:
        """Whether a customer, or whom it was merged into by then, is in the segment at an instant."""
        if definition.version not in self._by_events:
            self._by_events[definition.version] = changes_by_events(definition.body.members)
        events = self._gathered.events_by(customer, at) if self._by_events[definition.version] else None
        if events is None:
            return self._judge(definition.body, customer, at)
        known = definition.version, events
        kept = self._kept.get(customer)
        if kept is None or kept[0] != known:
            kept = self._kept[customer] = known, self._judge(definition.body, customer, at)
        return kept[1]

    def _judge(self, segment: SegmentDefinition, customer: UUID, at: datetime) -> bool:
        summary = self._gathered.summary(customer, at)
        return summary is not None and in_segment(segment, summary, partial(health_at, self._gathered, summary))


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
