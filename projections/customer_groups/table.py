"""The tiers of customers and their memberships in tracked segments, a row for each time that they last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from domain.customer.events import CustomerRegistered, TierChanged
from domain.segment.events import SegmentEntered, SegmentLeft
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.folded_words import key_of


@dataclass(slots=True)
class CustomerTier:
    """A customer has a tier from ``since`` up to but not including ``until``; None: it still has it."""

    customer: UUID
    since: datetime
    until: datetime | None
    tier: str | None


@dataclass(slots=True)
class SegmentMember:
    """A customer is in a tracked segment from ``since`` up to but not including ``until``; None: it still is."""

    membership: UUID
    since: datetime
    until: datetime | None
    customer: UUID
    segment: str
    segment_key: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[CustomerTier | SegmentMember]:
    """The tiers of a customer, or the times of one membership in a segment."""
    return _tiers(stream) if stream.kind == "customer" else _memberships(stream)


def _tiers(stream: Stream) -> Iterator[CustomerTier]:
    said = [event for event in stream.all if type(event.payload) in {CustomerRegistered, TierChanged}]
    changes = sorted(said, key=lambda event: (event.occurred_at, event.version))
    for event, following in pairwise([*changes, None]):
        until = following.occurred_at if following else None
        if event is not None and event.occurred_at != until:
            yield CustomerTier(stream.id, event.occurred_at, until, event.payload.tier)


def _memberships(stream: Stream) -> Iterator[SegmentMember]:
    entered: datetime | None = None
    for event, following in pairwise([*stream.all, None]):
        assert event is not None  # noqa: S101 -- only the last one of a pair may be
        if type(event.payload) is SegmentEntered:
            entered = entered or event.occurred_at
        elif type(event.payload) is SegmentLeft and entered is not None:
            if entered < event.occurred_at:
                yield _member(stream, event.payload, entered, event.occurred_at)
            entered = None
        if following is None and entered is not None:
            yield _member(stream, event.payload, entered, None)


def _member(
    stream: Stream, payload: SegmentEntered | SegmentLeft, since: datetime, until: datetime | None
) -> SegmentMember:
    return SegmentMember(stream.id, since, until, payload.customer_id, payload.segment, key_of(payload.segment))


CUSTOMER_GROUPS = Projection(
    name="customer_groups",
    version=1,
    kinds=frozenset({"customer", "segment"}),
    tables=(
        Table("customer_tiers", CustomerTier, key=("customer", "since")),
        Table("segment_members", SegmentMember, key=("membership", "since"), indexes=("(customer)",)),
    ),
    fold=fold,
)
