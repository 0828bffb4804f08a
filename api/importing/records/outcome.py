"""The result of an import of records: how many rows of a file came to what."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from api.importing.check import NotTaken
from api.importing.rows import Row


class RowNotTaken(NamedTuple):
    """A row that goes to the reject file, and why."""

    row: Row
    status: Literal["held", "rejected"]
    reason: str


class DecidedRecords(NamedTuple):
    """What became of the rows of a chunk. ``recorded`` and ``known`` are numbers of rows.

    ``topics`` counts the events by topic.
    """

    recorded: int
    known: int
    not_taken: list[RowNotTaken]
    topics: Counter[str]

    @property
    def rows(self) -> int:
        """The number of all rows."""
        return self.recorded + self.known + len(self.not_taken)


@dataclass(slots=True)
class RecordsResult:
    """``rows`` = ``recorded`` + ``known`` + ``held_back`` + ``rejected``.

    ``known``: the log says so already. ``rejected``: cannot be read, or a rule refuses it. ``held_back``: another row
    of the same record cannot be read. ``events_by_kind``: by topic.
    """

    read_as: str = ""
    rows: int = 0
    recorded: int = 0
    known: int = 0
    held_back: int = 0
    rejected: int = 0
    events: int = 0
    events_by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether the log says what every row says."""
        return not (self.held_back or self.rejected)

    def add(self, decided: DecidedRecords) -> None:
        """Counts the rows and the events of a chunk."""
        self.recorded += decided.recorded
        self.known += decided.known
        for row in decided.not_taken:
            self.held_back += row.status == "held"
            self.rejected += row.status == "rejected"
        for topic, events in decided.topics.items():
            self.events += events
            self.events_by_kind[topic] = self.events_by_kind.get(topic, 0) + events


@dataclass(slots=True)
class RecordsForecast:
    """``outcome`` as an import would return it, and the rows that it would not take by reason."""

    outcome: RecordsResult
    not_taken: list[NotTaken] = field(default_factory=list)
