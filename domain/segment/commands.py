"""The command that records a membership; the due watch alone gives it."""

from uuid import UUID

from domain.messages import Command, Word


class RecordMembership(Command):
    """The customer is in the segment, or is not, by a version of its definition."""

    segment: Word
    definition_version: int
    customer_id: UUID
    member: bool
