"""The events of one customer's membership in one tracked segment."""

from uuid import UUID

from domain.messages import Event


class SegmentEntered(Event):
    """``definition_version`` is the version of the segment's definition that was judged by."""

    topic = "segment.entered"
    segment: str
    definition_version: int
    customer_id: UUID


class SegmentLeft(Event):
    topic = "segment.left"
    segment: str
    definition_version: int
    customer_id: UUID


SegmentEvent = SegmentEntered | SegmentLeft
"""What happens to a membership in a segment."""
