"""The result of an import of records: how many rows of a file came to what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from api.importing.check import NotTaken
from api.importing.outcome import NOT_TAKEN
from api.importing.rows import Row


class DecidedRow(NamedTuple):
    """A row, what became of it, and why it was not taken."""

    row: Row
    status: Literal["recorded", "known", "held", "rejected"]
    reason: str = ""


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

    def add(self, rows: Iterable[DecidedRow], topics: Iterable[str]) -> None:
        """Counts some rows and the topics of their events."""
        for row in rows:
            self.recorded += row.status == "recorded"
            self.known += row.status == "known"
            self.held_back += row.status == "held"
            self.rejected += row.status == "rejected"
        for topic in topics:
            self.events += 1
            self.events_by_kind[topic] = self.events_by_kind.get(topic, 0) + 1


@dataclass(slots=True)
class RecordsForecast:
    """``outcome`` as an import would return it, and the rows that it would not take by reason."""

    outcome: RecordsResult
    not_taken: list[NotTaken] = field(default_factory=list)


def is_taken(row: DecidedRow) -> bool:
    """Whether the row does not go to the reject file."""
    return row.status not in NOT_TAKEN
