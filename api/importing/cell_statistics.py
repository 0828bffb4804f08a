"""What the cells of a file show of its mapping: how dates are read, and which words are not translated."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from api.importing.column_binding import ColumnBinding
from api.importing.comments import comments_in
from api.importing.compared_columns import effort_seconds
from api.importing.guess_times import TRIED, guess_times
from api.importing.outcome import count_word
from api.importing.reconcile import ReconciledRow
from api.importing.rows import RowCells, RowRejected
from api.importing.sections import Translated
from domain.messages import Channel, Priority

EXAMPLES_OF_DATES = 3
OWN_WORDS = {
    "channel": frozenset(get_args(Channel)),
    "category": frozenset(),
    "priority": frozenset(get_args(Priority)),
}
"""Words that need no translation."""


@dataclass(slots=True)
class DateExample:
    """A time as it is written in the file, and as it is read."""

    written: str
    read: datetime


@dataclass(slots=True)
class DateColumn:
    """The times of a column: how many were read and how many could not be, the first ones and the outermost ones."""

    column: str
    read: int = 0
    unreadable: int = 0
    examples: list[DateExample] = field(default_factory=list)
    earliest: DateExample | None = None
    latest: DateExample | None = None

    def add(self, written: str, at: datetime) -> None:
        """Counts a time that was read."""
        self.read += 1
        example = DateExample(written, at)
        if len(self.examples) < EXAMPLES_OF_DATES and written not in {earlier.written for earlier in self.examples}:
            self.examples.append(example)
        if self.earliest is None or at < self.earliest.read:
            self.earliest = example
        if self.latest is None or at > self.latest.read:
            self.latest = example


class CellStatistics:
    """Collects ``dates`` by column and ``unknown_words`` by key of the mapping."""

    def __init__(self, binding: ColumnBinding) -> None:
        mapping, indexes = binding.mapping, binding.indexes
        self._binding = binding
        translated: dict[str, Translated] = {
            "channel": mapping.channel,
            "category": mapping.category,
            "priority": mapping.priority,
        }
        self._words = {
            key: (indexes[f"{key}.column"], section, OWN_WORDS[key] | frozenset(section.values.values()))
            for key, section in translated.items()
            if f"{key}.column" in indexes
        }
        self._readable = {key: read for key, read in self._readers().items() if f"{key}.column" in indexes}
        self.unknown_words: dict[str, dict[str, int]] = {key: {} for key in (*self._words, *self._readable)}
        self._times = {key: DateColumn(binding.columns[key]) for key in mapping.times() if key in indexes}
        self._comments = [
            (comments, of_comments, reader, DateColumn(binding.header[of_comments[0]]))
            for comments, of_comments, reader in zip(
                mapping.comments, binding.comment_indexes, binding.comment_dates, strict=True
            )
            if of_comments
        ]
        self.dates = [*self._times.values(), *(dates for *_, dates in self._comments)]
        self._unmapped: list[tuple[int, str, dict[str, None]]] = [
            (index, column, {}) for index, column in binding.compared.unmapped
        ]

    def unmapped_times(self) -> list[str]:
        """The columns of times that no key of the mapping names."""
        return [column for _, column, texts in self._unmapped if guess_times(list(texts)) is not None]

    def add(self, row: ReconciledRow) -> None:
        """Counts the cells of a row."""
        try:
            values = self._binding.values(row.row.cells)
        except RowRejected:
            return
        self._add_times(values)
        for index, _, texts in self._unmapped:
            if (written := values[index]) is not None and len(texts) < TRIED:
                texts[written] = None
        if row.status == "rejected":
            return
        for key, can_be_read in self._readable.items():
            written = values[self._binding.indexes[f"{key}.column"]]
            if written is not None and not can_be_read(written):
                count_word(self.unknown_words[key], written)
        for key, (index, section, own_words) in self._words.items():
            written = values[index]
            if written is not None and written not in own_words and section.word(written) == written:
                count_word(self.unknown_words[key], written)

    def _readers(self) -> dict[str, Callable[[str], bool]]:
        """By key, whether a cell can be read."""
        readers: dict[str, Callable[[str], bool]] = {}
        mapping = self._binding.mapping
        satisfaction = mapping.satisfaction
        if satisfaction is not None:
            readers["satisfaction"] = lambda cell: satisfaction.score(cell) is not None
        if mapping.effort is not None:
            readers["effort"] = lambda cell: effort_seconds(mapping, cell) is not None
        return readers

    def _add_times(self, values: RowCells) -> None:
        for key, dates in self._times.items():
            written = self._binding.times.written(values, key)
            if written is not None:
                at = self._time(values, key)
                if at is None:
                    dates.unreadable += 1
                else:
                    dates.add(written, at)
        for comments, indexes, reader, dates in self._comments:
            for comment in (comment for index in indexes for comment in comments_in(values[index] or "", comments)):
                if comment.date is not None:
                    try:
                        dates.add(comment.date, reader.read(comment.date).first)
                    except ValueError:
                        dates.unreadable += 1

    def _time(self, values: RowCells, key: str) -> datetime | None:
        try:
            return self._binding.times.read(values, key)
        except RowRejected:
            return None
