"""A record of a file, and the commands that bring the log up to it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from api.importing.rows import Row
from domain.messages import Command

Step = tuple[UUID, Command]
"""A command for a stream."""

StateOf = Callable[[UUID], Any]
"""The state of a stream by now; None for one without events."""


class RecordPlan(Protocol):
    """What a record asks for. ``customer`` is the customer that it names.

    ``owner`` is that customer, or the survivor that it was merged into.
    """

    customer: UUID

    def stream(self, owner: UUID) -> UUID:
        """The stream that the record is mainly about."""
        ...

    def possible(self, owner: UUID) -> Iterable[Step]:
        """Commands whose streams include all that ``steps`` may read or write."""
        ...

    def steps(self, owner: UUID, state_of: StateOf, now: datetime) -> Iterator[Step]:
        """The commands, each asked for after the one before it was decided. Raises RowRejected."""
        ...


class Record(NamedTuple):
    """The rows of a file with one ``key``. They are recorded together or not at all."""

    key: str
    fingerprint: str
    rows: list[Row]
    plan: RecordPlan
