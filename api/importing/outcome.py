"""What became of the rows of a file, counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from api.importing.reconcile import ReconciledRow

EXAMPLES = 10
MOST_WORDS = 200
"""How many unknown words are told apart; the rows of all others are counted under OTHERS."""

OTHERS = "(others)"
NOT_TAKEN = frozenset({"held", "rejected"})
"""The places of lines that go to the reject file."""


@dataclass(slots=True)
class ImportResult:
    """``rows`` = ``recorded`` + ``known`` + ``held_back`` + ``rejected``.

    ``known`` were in the log before. ``rejected`` cannot be read or contradict what is recorded; ``held_back`` wait for
    a row of their ticket that cannot be read. ``late``, of the recorded ones, lie before rows that were: kept as
    details. ``tickets`` counts those of which a row was recorded or known. ``back_in_time`` counts rows whose time is
    before that of one before them in their ticket, or that hold a time before the receipt or before what it ends (the
    order was kept, and what ends a state was moved behind its beginning); ``back_in_time_lines`` are the first of them.
    ``not_overwritten`` counts rows that say otherwise what somebody has decided here since: kept as details.
    ``moved_back`` counts rows that took a ticket back behind what an earlier export said; ``moved_back_lines`` are the
    first of them. ``unknown_states`` counts the rows, recorded or known, of each state that the mapping does not name:
    such a state is kept as written and tells no event.
    ``read_as`` says how the file was read.
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

    def add(self, lines: Iterable[ReconciledRow]) -> None:
        """Counts all rows of some tickets."""
        taken = set()
        for line in lines:
            match line.place:
                case "known":
                    self.known += 1
                case "new" | "late":
                    self.recorded += 1
                    self.late += line.place == "late"
                case "held":
                    self.held_back += 1
                case "rejected":
                    self.rejected += 1
            if line.place not in NOT_TAKEN:
                taken.add(line.ticket)
                self._remark(line)
        self.tickets += len(taken)

    def _remark(self, line: ReconciledRow) -> None:
        if line.back_in_time:
            self.back_in_time += 1
            if len(self.back_in_time_lines) < EXAMPLES:
                self.back_in_time_lines.append(line.row.line)
        self.not_overwritten += line.not_overwritten
        if line.moved_back:
            self.moved_back += 1
            if len(self.moved_back_lines) < EXAMPLES:
                self.moved_back_lines.append(line.row.line)
        if line.unknown_state is not None:
            count_word(self.unknown_states, line.unknown_state)


def count_word(counts: dict[str, int], word: str) -> None:
    """Counts one row more for the word, or for OTHERS when too many words are told apart already."""
    told_apart = word if word in counts or len(counts) < MOST_WORDS else OTHERS
    counts[told_apart] = counts.get(told_apart, 0) + 1
