"""The persons who were in a segment at some instants: by rows of projections, or by the log where these do not say."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from psycopg import sql

from domain.definitions.kind import InEffect
from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.health.summary import STREAM_OF, Part
from domain.segment.definition import SegmentDefinition
from domain.segment.predicate import changes_by_events, parts_read_by
from projections.customers.survivors import survivors
from projections.engine.checkpoints import common_position
from projections.figures.of_customers import with_persons
from projections.figures.segment_fields import SegmentSql
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import AT_ONCE, in_segment, judged_at
from projections.health.settled import (
    READ_BY_SETTLED,
    READ_OF_FACTS,
    CustomerMoment,
    SettledCustomers,
    batched_by_customer,
    in_batches,
)
from projections.point_in_time.table_locks import holds_live_rows
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "segments.sql")
Definitions = Mapping[datetime, InEffect[SegmentDefinition]]


def log_of(query: FigureQuery) -> Source:
    """The log that the question reads, with the live rows where all of them stand at its position."""
    connection, tenant, live = query.connection, query.tenant, schema_of(query.tenant)
    up_to = reader.head(connection, tenant) if query.position is None else query.position
    if query.schema == live:
        are_there = common_position(connection, tenant, READ_BY_SETTLED) == up_to
    else:
        are_there = holds_live_rows(connection, tenant, READ_BY_SETTLED, up_to)
    return Source(connection, tenant, live, up_to, live if are_there else None)


def persons_in(
    query: FigureQuery, segment: str, instants: Collection[datetime], persons: Collection[UUID] | None = None
) -> Iterator[tuple[datetime, UUID]]:
    """The persons with a customer in the segment at each of some instants, of ``persons`` or of all.

    Nobody is in an undefined segment. A person is all customers that are merged when the question is asked.
    """
    definitions = {at: then for at in sorted(instants) if (then := _definition(query, segment, at)) is not None}
    if not definitions:
        return
    parts = frozenset().union(*(parts_read_by(then.body.members) for then in definitions.values()))
    source = log_of(query)
    if source.rows is None and parts <= READ_OF_FACTS:
        source = source._replace(rows=query.schema)
    members: dict[tuple[datetime, UUID], None] = {}
    person_of: dict[CustomerMoment, UUID] = {}
    for at, definition in definitions.items():
        for person, customer, member in _judged(query, source, definition.body, at, persons):
            if member:
                members[at, person] = None
            else:
                person_of[CustomerMoment(customer, at)] = person
    unknown = [moment for moment, person in person_of.items() if (moment.at, person) not in members]
    members |= {(moment.at, person_of[moment]): None for moment in _members(source, definitions, unknown, parts)}
    yield from members


def _definition(query: FigureQuery, segment: str, at: datetime) -> InEffect[SegmentDefinition] | None:
    try:
        return definition_in_effect(query.definitions, SEGMENT, at, segment)
    except LookupError:
        return None


def _judged(
    query: FigureQuery, source: Source, segment: SegmentDefinition, at: datetime, persons: Collection[UUID] | None
) -> Iterable[tuple[UUID, UUID, bool | None]]:
    """Person and customer of the members by rows, and of those of whom rows do not say it: they have None."""
    rows = source.rows
    by_rows = None if rows is None else SegmentSql(query, rows, segment.members, at)
    statement = _SQL["judged" if by_rows else "everybody"].composed(
        rows or query.schema,
        survivors=survivors(query.schema),
        persons=with_persons(query.table("customers")),
        members=by_rows.condition if by_rows else sql.NULL,
        fields=by_rows.joins if by_rows else sql.SQL(""),
        at=sql.Literal(at),
        everybody=sql.Literal(persons is None),
        among=sql.Literal(list(persons or ())),
    )
    return query.connection.execute(statement, binary=True).fetchall()


def _members(
    source: Source, definitions: Definitions, moments: Collection[CustomerMoment], parts: frozenset[Part]
) -> Iterator[CustomerMoment]:
    """Those at which the customer is in the segment: by the summaries of settled customers, else from the log."""
    if source.rows is None:
        yield from _members_by_log(source, definitions, moments)
        return
    unsettled: set[CustomerMoment] = set()
    for batch in in_batches(moments):
        settled = SettledCustomers(source, batch, parts)
        unsettled |= settled.unsettled
        for moment in set(batch) - settled.unsettled:
            summary = settled.summary(moment)
            segment = definitions[moment.at].body
            if summary is not None and in_segment(segment, summary, partial(judged_at, settled, summary)):
                yield moment
    yield from _members_by_log(source, definitions, unsettled)


def _members_by_log(
    source: Source, definitions: Definitions, moments: Collection[CustomerMoment]
) -> Iterator[CustomerMoment]:
    """Those at which the customer is in the segment, judged from the log.

    The events of some customers are gathered once. Each is judged at each instant; where the definition judges by
    events alone, as often as it has new ones.
    """
    parts = frozenset().union(*(parts_read_by(then.body.members) for then in definitions.values()))
    kinds = frozenset(STREAM_OF[part] for part in parts if part in STREAM_OF)
    for batch in batched_by_customer(moments, AT_ONCE):
        judged = JudgedCustomers(GatheredCustomers(source, {moment.customer for moment in batch}, kinds))
        yield from (moment for moment in batch if judged.is_in(definitions[moment.at], *moment))


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
        return summary is not None and in_segment(segment, summary, partial(judged_at, self._gathered, summary))
