"""The tiers of customers and their memberships in tracked segments, a row for each time that they last."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from psycopg import Connection, sql

from domain.customer.survivors import merges_in
from domain.envelope import RecordedEvent
from domain.segment.events import SegmentEntered, SegmentLeft
from domain.sla.clock.tiers import CHANGING_TIERS, tiers_of
from domain.text_folding import fold_code
from projections.customers.survivors import changed_customers
from projections.engine.projection import Enrichment, FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import key_of


@dataclass(slots=True)
class CustomerTier:
    """A tier counts for a customer from ``since`` up to but not including ``until``; None: it still does.

    It is the customer's own, or from a merge on that of the survivor. ``tier_key`` is its folded form, None where that
    is the same.
    """

    customer: UUID
    since: datetime
    until: datetime | None
    tier: str | None
    tier_key: str | None


@dataclass(slots=True)
class CustomerMergeLink:
    """A customer was merged into another, also by a merge that was undone."""

    customer: UUID
    merged_into: UUID


@dataclass(slots=True)
class SegmentMember:
    """A customer is in a tracked segment from ``since`` up to but not including ``until``; None: it still is."""

    membership: UUID
    since: datetime
    until: datetime | None
    customer: UUID
    segment: str
    segment_key: str | None


def fold(stream: Stream, inputs: FoldInputs) -> Iterator[CustomerTier | CustomerMergeLink | SegmentMember]:
    """The tiers and the merges of a customer, or the times of one membership in a segment."""
    return _of_customer(stream, inputs) if stream.kind == "customer" else _memberships(stream)


def _of_customer(stream: Stream, inputs: FoldInputs) -> Iterator[CustomerTier | CustomerMergeLink]:
    yield from (CustomerMergeLink(stream.id, into) for into in sorted(merges_in(stream.all)))
    changes = tiers_of(stream.id, {**inputs.related, stream.id: stream.all})
    for change, following in zip_longest(changes, changes[1:]):
        until = following.at if following else None
        if change.at != until:
            key = None if change.tier is None else fold_code(change.tier)
            yield CustomerTier(stream.id, change.at, until, change.tier, None if key == change.tier else key)


def _merged_into(_rules: Sequence[RecordedEvent], history: Sequence[RecordedEvent]) -> Collection[UUID]:
    return merges_in(history)


def _absorbed(
    connection: Connection, schema: str, _rules: Sequence[RecordedEvent], customers: Collection[UUID]
) -> list[UUID]:
    """The customers for which the tier of one of the customers counts or counted."""
    changed = changed_customers(schema, sql.Identifier(schema, "customer_merge_links"))
    statement = sql.SQL("with recursive {} select customer from changed").format(changed)
    rows = connection.execute(statement, {"customers": [customer.hex for customer in customers]}).fetchall()
    return [customer for (customer,) in rows if customer not in customers]


def _memberships(stream: Stream) -> Iterator[SegmentMember]:
    entered: RecordedEvent | None = None
    for event in stream.all:
        if type(event.payload) is SegmentEntered:
            entered = entered or event
        elif type(event.payload) is SegmentLeft and entered is not None:
            if entered.occurred_at < event.occurred_at:
                yield _member(stream, entered, event.occurred_at)
            entered = None
    if entered is not None:
        yield _member(stream, entered, None)


def _member(stream: Stream, entered: RecordedEvent, until: datetime | None) -> SegmentMember:
    payload: SegmentEntered = entered.payload
    return SegmentMember(
        stream.id, entered.occurred_at, until, payload.customer_id, payload.segment, key_of(payload.segment)
    )


CUSTOMER_GROUPS = Projection(
    name="customer_groups",
    version=1,
    kinds=frozenset({"customer", "segment"}),
    tables=(
        Table("customer_tiers", CustomerTier, key=("customer", "since")),
        Table(
            "customer_merge_links",
            CustomerMergeLink,
            key=("customer", "merged_into"),
            indexes=("(merged_into)",),
        ),
        Table("segment_members", SegmentMember, key=("membership", "since"), indexes=("(customer)",)),
    ),
    fold=fold,
    enrichment=Enrichment(related=_merged_into, dependents=_absorbed, related_types=CHANGING_TIERS),
)
