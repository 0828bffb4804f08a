"""What an import of a whole file would do, and what the mapping leaves open; nothing is recorded."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from api.importing.cell_statistics import CellStatistics, DateColumn
from api.importing.column_binding import ColumnBinding
from api.importing.importer import chunks
from api.importing.mapping import ImportMapping
from api.importing.outcome import EXAMPLES, NOT_TAKEN, ImportResult
from api.importing.reconcile import ReconciledRow, reconcile_tickets
from api.importing.rows import Rejected, Row
from api.importing.staging import ReportProgress, stage_file
from api.importing.staging_table import StagingTable
from domain.customer.events import CustomerRegistered

HELD = "held"
_QUOTED = re.compile(r"'[^']*'")


@dataclass(slots=True)
class NotTaken:
    """The rows that would go to the reject file for one kind of reason; ``reason`` is that of the first of them."""

    reason: str
    rows: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ImportForecast:
    """``outcome`` as an import would return it. ``events_by_kind``: by topic. ``unknown_words``: by key of the mapping,
    the rows of each word that it does not translate, and of each rating and effort that cannot be read; such a word is
    kept as written. ``unmapped_times``: the columns of times that no key of the mapping names.
    """

    outcome: ImportResult
    events_by_kind: dict[str, int] = field(default_factory=dict)
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    dates: list[DateColumn] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    unmapped_times: list[str] = field(default_factory=list)


ReconcileTickets = Callable[[Mapping[str, Sequence[Row]]], list[ReconciledRow]]
"""Reconciles the rows of some tickets. Rows name a customer only when it would be registered."""


def all_new(binding: ColumnBinding) -> ReconcileTickets:
    """Reconciles tickets of which the log holds nothing."""
    return lambda tickets: list(chain.from_iterable(reconcile_tickets(binding, tickets, {}).values()))


def check_file(
    path: Path,
    mapping: ImportMapping,
    reconciling: Callable[[ColumnBinding], ReconcileTickets] = all_new,
    report: ReportProgress = lambda _: None,
) -> ImportForecast:
    """Reads the whole file and records nothing. Raises MappingError or UnreadableFile.

    ``reconciling`` is called once, with the columns of the file.
    """
    reasons = ReasonCounts()
    events = _EventCounts()
    with closing(StagingTable()) as staging:
        binding, read_as = stage_file(path, mapping, staging, reasons.add, report)
        outcome = ImportResult(read_as, staging.count + reasons.count, rejected=reasons.count)
        cells, reconcile = CellStatistics(binding), reconciling(binding)
        for chunk in chunks(staging):
            rows = reconcile(chunk)
            outcome.add(rows)
            for row in rows:
                events.add(row)
                cells.add(row)
                if row.status in NOT_TAKEN:
                    reasons.add(Rejected(row.row.line, row.row.text, row.reason), held=row.status == "held")
    outcome.events = sum(events.by_kind.values())
    return ImportForecast(
        outcome, events.by_kind, cells.unknown_words, cells.dates, reasons.most_frequent(), cells.unmapped_times()
    )


class _EventCounts:
    """Counts the events of rows by topic."""

    def __init__(self) -> None:
        self.by_kind: dict[str, int] = {}
        self._registered: set[str] = set()

    def add(self, row: ReconciledRow) -> None:
        for event in row.events:
            self._count(event.payload.topic)
        customer = row.customer
        if row.events and customer is not None and customer.command_id not in self._registered:
            self._count(CustomerRegistered.topic)
            if customer.reference is not None:  # the unknown customer of a ticket is named once
                self._registered.add(customer.command_id)

    def _count(self, topic: str) -> None:
        self.by_kind[topic] = self.by_kind.get(topic, 0) + 1


class ReasonCounts:
    """Counts the rows that are not taken by the kind of their reason."""

    def __init__(self) -> None:
        self._kinds: dict[str, NotTaken] = {}
        self.count = 0

    def add(self, rejected: Rejected, *, held: bool = False) -> None:
        self.count += 1
        kind = HELD if held else _QUOTED.sub("", rejected.reason)
        of_kind = self._kinds.setdefault(kind, NotTaken(rejected.reason))
        of_kind.rows += 1
        if len(of_kind.lines) < EXAMPLES:
            of_kind.lines.append(rejected.line)

    def most_frequent(self) -> list[NotTaken]:
        """The most frequent first, the rows that are held back last."""
        kinds = sorted(self._kinds, key=lambda kind: (kind == HELD, -self._kinds[kind].rows))
        return [self._kinds[kind] for kind in kinds]
