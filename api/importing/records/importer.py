"""From a file of records into the log: every row recorded, known or in the reject file.

It can be repeated.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from psycopg import Connection

from api.importing.check import ReasonCounts
from api.importing.chunk_pipeline import record_chunks
from api.importing.importer import chunks
from api.importing.records.binding import RecordBinding
from api.importing.records.deciding_processes import RecordsTask, deciding_processes, record_by_processes
from api.importing.records.mapping import AnyRecordMapping, RecordMapping
from api.importing.records.outcome import DecidedRecords, RecordsForecast, RecordsResult
from api.importing.records.reading import Binding, RowGroups
from api.importing.records.recorder import RecordForecaster
from api.importing.reject_file import InWords, RejectFile
from api.importing.rows import Rejected
from api.importing.staging import ImportProgress, ReportProgress, stage_rows
from api.importing.staging_table import StagingTable
from domain.event_log.database_connections import ADMINISTRATION, connect
from projections.engine.gc_pause import gc_seldom

Decide = Callable[[Iterator[RowGroups]], Iterator[DecidedRecords]]
"""The outcomes of chunks of rows."""
Begin = Callable[[Binding], Decide]
"""Called with the columns of the file once all rows are staged."""
MANY_ROWS = 10_000
"""So many rows are decided by other processes. They take half a second to start, while more rows are read."""


def import_records(
    dsn: str,
    tenant: str,
    path: Path,
    mapping: AnyRecordMapping,
    rejects: Path,
    report: ReportProgress = lambda _: None,
    in_words: InWords = str,
) -> RecordsResult:
    """Records what is new in the file, about 1,000 rows in a transaction.

    ``in_words`` says the reasons of the reject file. Raises MappingError, UnreadableFile or OSError (of that file)
    before anything is recorded.
    """
    with ExitStack() as stack:
        rejected = stack.enter_context(RejectFile(rejects, in_words))
        connection = stack.enter_context(connect(dsn, ADMINISTRATION))

        pools: list[ProcessPoolExecutor] = []

        def expect(rows: int) -> None:
            if rows >= MANY_ROWS and not pools:
                pools.append(stack.enter_context(deciding_processes(dsn)))

        def begin(binding: Binding) -> Decide:
            task = RecordsTask(tenant, mapping, binding.header)
            if not pools:
                return partial(record_chunks, connection, tenant, task.recorder(connection))
            return partial(record_by_processes, connection, task, pools[0])

        return _decided(path, mapping, begin, rejected, report, expect)


def check_records(
    connection: Connection | None,
    tenant: str,
    path: Path,
    mapping: AnyRecordMapping,
    report: ReportProgress = lambda _: None,
) -> RecordsForecast:
    """What an import of the whole file would do; nothing is recorded. Raises MappingError or UnreadableFile.

    Without a connection the log counts as empty.
    """
    reasons = ReasonCounts()

    def begin(binding: Binding) -> Decide:
        return partial(map, RecordForecaster(connection, tenant, binding, mapping.record).decide)

    outcome = _decided(path, mapping, begin, reasons, report)
    return RecordsForecast(outcome, reasons.most_frequent())


def _decided(
    path: Path,
    mapping: AnyRecordMapping,
    begin: Begin,
    rejected: RejectFile | ReasonCounts,
    report: ReportProgress,
    expect: Callable[[int], None] = lambda _: None,
) -> RecordsResult:
    """``expect`` learns again and again how many rows are staged by now."""
    with ExitStack() as stack:
        stack.enter_context(gc_seldom())
        staging = stack.enter_context(closing(StagingTable()))

        def reading(progress: ImportProgress) -> None:
            expect(staging.count)
            report(progress)

        binding, read_as = stage_rows(
            path, mapping, partial(RecordBinding[RecordMapping], mapping), staging, rejected.add, reading
        )
        expect(staging.count)
        result = RecordsResult(read_as, staging.count + rejected.count, rejected=rejected.count)
        done = 0
        for decided in begin(binding)(chunks(staging)):
            result.add(decided)
            for row, _, reason in decided.not_taken:
                rejected.add(Rejected(row.line, row.text, reason))
            done += decided.rows
            report(ImportProgress("recording", done, staging.count))
    return result
