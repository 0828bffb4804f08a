"""The result of an import: how many rows of a file came to what."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from api.importing.reconcile import ReconciledRow

EXAMPLES = 10
MOST_WORDS = 200
"""How many unknown words are counted apart; the rows of all others are counted under OTHERS."""

OTHERS = "(others)"
NOT_TAKEN = frozenset({"held", "rejected"})
"""The statuses of rows that go to the reject file."""


@dataclass(slots=True)
class ImportResult:
    """``rows`` = ``recorded`` + ``known`` + ``held_back`` + ``rejected``.

    ``known``: in the log before. ``rejected``: cannot be read or contradict what is recorded. ``held_back``: wait for a
    row of their ticket that cannot be read. ``late``: recorded as details, because later rows were recorded before.
    ``tickets``: have a row that is recorded or known. ``back_in_time``: recorded rows with a time before that of the
    row before them in their ticket, before the receipt, or before what that time ends; their order is kept, and what
    ends a state is moved behind its beginning. ``not_overwritten``: rows that contradict what others have decided here
    since, as details. ``moved_back``: rows that put a ticket back to an earlier state than an earlier export did. The
    fields that end in ``_lines`` hold the first lines. ``unknown_states``: for each state that the mapping does not
    name, its recorded or known rows; such a state is kept as written and leads to no event. ``read_as``: how the file
    was read.
    """

    read_as: str = ""
    rows: int = 0
    recorded: int = 0
    known: int = 0
    held_back: int = 0
    rejected: int = 0
    late: int = 0
    events: int = 0
    tickets: int = 0
    back_in_time: int = 0
    back_in_time_lines: list[int] = field(default_factory=list)
    not_overwritten: int = 0
    moved_back: int = 0
    moved_back_lines: list[int] = field(default_factory=list)
    unknown_states: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every row is in the log."""
        return not (self.held_back or self.rejected)

    def add(self, rows: Iterable[ReconciledRow]) -> None:
        """Counts all rows of some tickets."""
        taken = set()
        for row in rows:
            match row.status:
                case "known":
                    self.known += 1
                case "new" | "late":
                    self.recorded += 1
                    self.late += row.status == "late"
                case "held":
                    self.held_back += 1
                case "rejected":
                    self.rejected += 1
            if row.status not in NOT_TAKEN:
                taken.add(row.ticket)
                self._count_remarks(row)
        self.tickets += len(taken)

    def _count_remarks(self, row: ReconciledRow) -> None:
        if row.back_in_time:
            self.back_in_time += 1
            if len(self.back_in_time_lines) < EXAMPLES:
                self.back_in_time_lines.append(row.row.line)
        self.not_overwritten += row.not_overwritten
        if row.moved_back:
            self.moved_back += 1
            if len(self.moved_back_lines) < EXAMPLES:
                self.moved_back_lines.append(row.row.line)
        if row.unknown_state is not None:
            count_word(self.unknown_states, row.unknown_state)


def count_word(counts: dict[str, int], word: str) -> None:
    """Counts one more row for the word, or for OTHERS when there are MOST_WORDS words already."""
    counted = word if word in counts or len(counts) < MOST_WORDS else OTHERS
    counts[counted] = counts.get(counted, 0) + 1
