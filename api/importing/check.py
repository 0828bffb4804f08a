"""What an import of a whole file would do, with what the mapping leaves open; nothing is recorded."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import get_args

from api.importing.column_binding import ColumnBinding, RowRejected
from api.importing.comments import comments_in
from api.importing.importer import chunks
from api.importing.mapping import ImportMapping as FileMapping
from api.importing.outcome import EXAMPLES, NOT_TAKEN, ImportResult, count_word
from api.importing.reconcile import ReconciledRow, RecordedTicket, reconcile
from api.importing.rows import Rejected, Row
from api.importing.sections import Translated
from api.importing.staging import ReportProgress, stage_file
from api.importing.staging_table import StagingTable
from domain.customer.events import CustomerRegistered
from domain.messages import Channel, Priority

EXAMPLES_OF_DATES = 3
OWN_WORDS = {
    "channel": frozenset(get_args(Channel)),
    "category": frozenset(),
    "priority": frozenset(get_args(Priority)),
}
"""Words that need no translation."""

HELD = "held"
_QUOTED = re.compile(r"'[^']*'")


@dataclass(slots=True)
class Written:
    """A time as it is written in the file, and as it is read."""

    written: str
    read: datetime


@dataclass(slots=True)
class Dates:
    """The times in a column: how many were read, how many could not be, the first ones, and the outermost."""

    column: str
    read: int = 0
    unreadable: int = 0
    examples: list[Written] = field(default_factory=list)
    earliest: Written | None = None
    latest: Written | None = None

    def add(self, written: str, at: datetime) -> None:
        """One more time that could be read."""
        self.read += 1
        one = Written(written, at)
        if len(self.examples) < EXAMPLES_OF_DATES and written not in {example.written for example in self.examples}:
            self.examples.append(one)
        if self.earliest is None or at < self.earliest.read:
            self.earliest = one
        if self.latest is None or at > self.latest.read:
            self.latest = one


@dataclass(slots=True)
class NotTaken:
    """Rows that would go to the reject file for one kind of reason; ``reason`` is that of the first of them."""

    reason: str
    rows: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ImportForecast:
    """``outcome`` as an import would have it. ``events_by_kind``: by topic. ``unknown_words``: by key of the mapping,
    the rows of each word that it translates nowhere, and of each rating and effort that cannot be read: such a word is
    kept as written.
    """

    outcome: ImportResult
    events_by_kind: dict[str, int] = field(default_factory=dict)
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    dates: list[Dates] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)


Teller = Callable[[ColumnBinding, Mapping[str, Sequence[Row]]], list[ReconciledRow]]
"""What would become of the rows of some tickets; a line has a party when its customer would be registered."""


def as_all_new(binding: ColumnBinding, tickets: Mapping[str, Sequence[Row]]) -> list[ReconciledRow]:
    """A Teller for a log that holds none of the tickets."""
    return [
        line
        for ticket, rows in tickets.items()
        for line in reconcile(binding, ticket, rows, [binding.fingerprint(row.cells) for row in rows], RecordedTicket())
    ]


def check_file(
    path: Path, mapping: FileMapping, teller: Teller = as_all_new, progress: ReportProgress = lambda _: None
) -> ImportForecast:
    """Reads the whole file and records nothing. Raises MappingError or UnreadableFile."""
    reasons = _Reasons()
    with closing(StagingTable()) as staging:
        binding, read_as = stage_file(path, mapping, staging, reasons.add, progress)
        outcome = ImportResult(read_as, staging.count + reasons.count, rejected=reasons.count)
        forecast = ImportForecast(outcome)
        looks = _Looks(binding, forecast)
        for chunk in chunks(staging):
            lines = teller(binding, chunk)
            outcome.add(lines)
            for line in lines:
                looks.at(line)
                if line.place in NOT_TAKEN:
                    reasons.add(Rejected(line.row.line, line.row.text, line.reason), held=line.place == "held")
    forecast.not_taken = reasons.found()
    return forecast


class _Reasons:
    def __init__(self) -> None:
        self._found: dict[str, NotTaken] = {}
        self.count = 0

    def add(self, rejected: Rejected, *, held: bool = False) -> None:
        """One more row that is not taken."""
        self.count += 1
        kind = HELD if held else _QUOTED.sub("", rejected.reason)
        found = self._found.setdefault(kind, NotTaken(rejected.reason))
        found.rows += 1
        if len(found.lines) < EXAMPLES:
            found.lines.append(rejected.line)

    def found(self) -> list[NotTaken]:
        """The most frequent first, what is only held back last."""
        kinds = sorted(self._found, key=lambda kind: (kind == HELD, -self._found[kind].rows))
        return [self._found[kind] for kind in kinds]


class _Looks:
    """Collects what a forecast says of single cells."""

    def __init__(self, binding: ColumnBinding, forecast: ImportForecast) -> None:
        mapping = binding.mapping
        self._binding = binding
        self._forecast = forecast
        self._missing = frozenset({"", *mapping.missing})
        translated: dict[str, Translated] = {
            "channel": mapping.channel,
            "category": mapping.category,
            "priority": mapping.priority,
        }
        self._words = {
            key: (binding.places[f"{key}.column"], one, OWN_WORDS[key] | frozenset(one.values.values()))
            for key, one in translated.items()
            if f"{key}.column" in binding.places
        }
        self._read = {key: read for key, read in self._readers().items() if f"{key}.column" in binding.places}
        forecast.unknown_words = {key: {} for key in (*self._words, *self._read)}
        self._times = {key: Dates(binding.columns[key]) for key in mapping.times() if key in binding.places}
        self._comments = [
            (comments, places, reader, Dates(binding.header[places[0]]))
            for comments, places, reader in zip(mapping.comments, binding.comment_places, binding.dates, strict=True)
            if places
        ]
        forecast.dates = [*self._times.values(), *(dates for *_, dates in self._comments)]
        self._registered: set[str] = set()

    def _readers(self) -> dict[str, Callable[[str], bool]]:
        """By key, whether what is written there can be read."""
        readers: dict[str, Callable[[str], bool]] = {}
        binding, satisfaction = self._binding, self._binding.mapping.satisfaction
        if satisfaction is not None:
            readers["satisfaction"] = lambda cell: satisfaction.score(cell) is not None
        if binding.mapping.effort is not None:
            readers["effort"] = lambda cell: binding.effort_text(cell) != cell or cell.isdecimal()
        return readers

    def at(self, line: ReconciledRow) -> None:
        """One row of the file."""
        for fact in line.facts:
            self._count(fact.payload.topic)
        if line.facts and line.party is not None and line.party.command_id not in self._registered:
            self._count(CustomerRegistered.topic)
            if line.party.reference is not None:  # the others are named once
                self._registered.add(line.party.command_id)
        self._look_at_times(line.row)
        if line.place == "rejected":
            return
        for key, can_be_read in self._read.items():
            written = line.row.cells[self._binding.places[f"{key}.column"]].strip()
            if written not in self._missing and not can_be_read(written):
                count_word(self._forecast.unknown_words[key], written)
        for key, (place, translated, own) in self._words.items():
            written = line.row.cells[place].strip()
            if written not in self._missing and written not in own and translated.word(written) == written:
                count_word(self._forecast.unknown_words[key], written)

    def _count(self, topic: str) -> None:
        kinds = self._forecast.events_by_kind
        kinds[topic] = kinds.get(topic, 0) + 1
        self._forecast.outcome.events += 1

    def _look_at_times(self, row: Row) -> None:
        try:
            values = self._binding.values(row.cells)
        except RowRejected:
            return
        for key, dates in self._times.items():
            written = self._binding.written_time(values, key)
            if written is not None:
                try:
                    at = self._binding.time(values, key)
                except RowRejected:
                    at = None
                if at is None:
                    dates.unreadable += 1
                else:
                    dates.add(written, at)
        for comments, places, reader, dates in self._comments:
            for comment in (one for place in places for one in comments_in(values[place] or "", comments)):
                if comment.date is not None:
                    try:
                        dates.add(comment.date, reader.read(comment.date).first)
                    except ValueError:
                        dates.unreadable += 1
