"""From a file of records into the log: every row recorded, known or in the reject file.

It can be repeated.
"""

from collections.abc import Callable, Iterator
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
from api.importing.records.outcome import RecordsForecast, RecordsResult, is_taken
from api.importing.records.reading import Binding, RowGroups
from api.importing.records.recorder import DecidedRecords, RecordForecaster
from api.importing.reject_file import InWords, RejectFile
from api.importing.rows import Rejected
from api.importing.staging import ImportProgress, ReportProgress, stage_rows
from api.importing.staging_table import StagingTable
from domain.event_log.database_connections import ADMINISTRATION, connect
from projections.engine.gc_pause import gc_seldom

Decide = Callable[[Iterator[RowGroups]], Iterator[DecidedRecords]]
"""The outcomes of chunks of rows."""
MANY_ROWS = 10_000
"""So many rows are decided by other processes, which take about half a second to start."""


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

        def begin(binding: Binding, rows: int) -> Decide:
            task = RecordsTask(dsn, tenant, mapping, binding.header)
            if rows < MANY_ROWS:
                return partial(record_chunks, connection, tenant, task.recorder(connection))
            return partial(record_by_processes, connection, task, stack.enter_context(deciding_processes(task)))

        return _decided(path, mapping, begin, rejected, report)


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

    def begin(binding: Binding, _rows: int) -> Decide:
        return partial(map, RecordForecaster(connection, tenant, binding, mapping.record).decide)

    outcome = _decided(path, mapping, begin, reasons, report)
    return RecordsForecast(outcome, reasons.most_frequent())


def _decided(
    path: Path,
    mapping: AnyRecordMapping,
    begin: Callable[[Binding, int], Decide],
    rejected: RejectFile | ReasonCounts,
    report: ReportProgress,
) -> RecordsResult:
    with ExitStack() as stack:
        stack.enter_context(gc_seldom())
        staging = stack.enter_context(closing(StagingTable()))
        binding, read_as = stage_rows(path, mapping, partial(_bound, mapping), staging, rejected.add, report)
        result = RecordsResult(read_as, staging.count + rejected.count, rejected=rejected.count)
        done = 0
        for rows, topics in begin(binding, staging.count)(chunks(staging)):
            result.add(rows, topics)
            for row in rows:
                if not is_taken(row):
                    rejected.add(Rejected(row.row.line, row.row.text, row.reason))
            done += len(rows)
            report(ImportProgress("recording", done, staging.count))
    return result


def _bound(mapping: RecordMapping, header: list[str]) -> Binding:
    return RecordBinding(mapping, header)
