"""From the records of a file to staged rows: aligned with the header, each with its ticket, flawed ones included."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from api.importing.column_binding import ColumnBinding
from api.importing.file_format import FileFormat
from api.importing.mapping import ImportMapping, MappingError
from api.importing.readers.table import opened_table
from api.importing.rows import Rejected, Row, RowRejected, unstorable
from api.importing.staging_table import StagingTable


class RowNames(Protocol):
    """What staging asks of the columns of a file. ``cells_needed``: a row may lack the cells behind so many."""

    header: list[str]
    cells_needed: int

    def ticket(self, cells: Sequence[str]) -> str:
        """The row's ticket, or else what its rows are grouped by. Raises RowRejected."""
        ...

    def order(self, cells: Sequence[str]) -> float | str:
        """The sort key of the row in its group. Raises RowRejected."""
        ...

    def look_ahead(self, cells: Sequence[str]) -> None:
        """Notes what the reading of other rows needs of this one."""
        ...


Names = TypeVar("Names", bound=RowNames)


class ImportProgress(NamedTuple):
    """``phase`` is "reading" (counted in bytes) or "recording" (in rows)."""

    phase: str
    done: int
    total: int


ReportProgress = Callable[[ImportProgress], None]


def stage_file(
    path: Path,
    mapping: ImportMapping,
    staging: StagingTable,
    reject: Callable[[Rejected], None],
    report: ReportProgress = lambda _: None,
    limit: int | None = None,
) -> tuple[ColumnBinding, str]:
    """Stages the rows of the file (the first ``limit``); returns the column binding and how the file was read.

    A row with a flaw is staged with those of the ticket that it names, and rejected at once when it names none. Raises
    MappingError or UnreadableFile.
    """
    return stage_rows(path, mapping, lambda header: ColumnBinding(mapping, header), staging, reject, report, limit)


def stage_rows(
    path: Path,
    form: FileFormat,
    bind: Callable[[list[str]], Names],
    staging: StagingTable,
    reject: Callable[[Rejected], None],
    report: ReportProgress = lambda _: None,
    limit: int | None = None,
) -> tuple[Names, str]:
    """The same for any binding of columns, which ``bind`` makes of the header."""
    with opened_table(path, form) as table:
        size = path.stat().st_size
        try:
            binding = bind(table.header)
        except MappingError as error:
            raise MappingError(f"{error} It was read as {table.read_as}.") from None
        stager = _Stager(binding, staging, reject)
        for count, row in enumerate(table.rows, 1):
            stager.take(row)
            if count == limit:
                break
            if count % 1_000 == 0:
                report(ImportProgress("reading", table.bytes_read(), size))
        report(ImportProgress("reading", size, size))
        stager.close()
    return binding, table.read_as


class _Stager:
    """Stages one row after the other. The last row that lacks cells waits for the next one: when that one is broken
    too, a line end in a cell without quotes may have cut both.
    """

    def __init__(self, binding: RowNames, staging: StagingTable, reject: Callable[[Rejected], None]) -> None:
        self._binding = binding
        self._staging = staging
        self._reject = reject
        self._width = len(binding.header)
        self._needed = binding.cells_needed
        self._short: Row | None = None

    def take(self, row: Row) -> None:
        """Stages the next row of the file."""
        aligned = self._aligned(row)
        if self._short is not None:
            before, self._short = self._short, None
            cut = aligned.flaw is not None and len(row.cells) < self._width
            self._put(before._replace(flaw=f"lacks cells, and so does line {row.line} after it") if cut else before)
        if aligned.flaw is None and len(row.cells) < self._width:
            self._short = aligned
        else:
            self._put(aligned)

    def close(self) -> None:
        """Stages the row that waits at the end of the file."""
        if self._short is not None:
            self._put(self._short)

    def _aligned(self, row: Row) -> Row:
        """The row with one cell for each column: empty surplus cells go, and missing ones are empty."""
        cells, flaw, width = row.cells, row.flaw, self._width
        if len(cells) != width:
            surplus = any(map(str.strip, cells[width:]))
            if flaw is None and (surplus or len(cells) < self._needed):
                flaw = f"has {len(cells)} cells where the header has {width}"
            cells = (cells + [""] * (width - len(cells)))[:width]
        flaw = flaw or unstorable(cells)
        return row if cells is row.cells and flaw is row.flaw else Row(row.line, row.text, cells, flaw)

    def _put(self, row: Row) -> None:
        binding = self._binding
        try:
            ticket = binding.ticket(row.cells)
            if row.flaw is not None:
                ticket.encode()  # raises for a name that cannot be read either
                self._staging.put(ticket, 0, row._replace(cells=[""] * self._width))
                return
        except (RowRejected, UnicodeEncodeError) as error:
            self._reject(Rejected(row.line, row.text, row.flaw or str(error)))
            return
        try:
            sort_key = binding.order(row.cells)
        except RowRejected as error:
            self._staging.put(ticket, 0, row._replace(flaw=str(error)))
            return
        self._staging.put(ticket, sort_key, row)
        binding.look_ahead(row.cells)
