"""The membership of one customer in one tracked segment: its stream, its state and its decider."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.segment.commands import RecordMembership
from domain.segment.events import SegmentEntered, SegmentEvent, SegmentLeft
from domain.text_folding import fold_name

_NAMESPACE = UUID("c1a4f0d2-8a43-4b62-9c0b-2f8a6f3d7e55")


class SegmentMembership(NamedTuple):
    """Whether the customer was in the segment when its membership was last recorded."""

    member: bool = False


def evolve(membership: SegmentMembership, event: SegmentEvent, at: datetime) -> SegmentMembership:  # noqa: ARG001 -- the shape every fold has
    """The membership after one more event. Total: any history folds."""
    return SegmentMembership(isinstance(event, SegmentEntered))


def decide(command: RecordMembership, membership: SegmentMembership) -> list[SegmentEvent]:
    """The event of a changed membership; none when it is recorded as it is."""
    if command.member == membership.member:
        return []
    event = SegmentEntered if command.member else SegmentLeft
    return [
        event(segment=command.segment, definition_version=command.definition_version, customer_id=command.customer_id)
    ]


def membership_stream(segment: str, customer: UUID) -> UUID:
    """The stream of a customer's membership in a segment."""
    return uuid5(_NAMESPACE, f"{fold_name(segment)}/{customer}")
