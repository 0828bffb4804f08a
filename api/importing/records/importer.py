"""From a file of records into the log: every row recorded, known or in the reject file.

It can be repeated.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from psycopg import Connection

from api.importing.check import ReasonCounts
from api.importing.importer import chunks
from api.importing.recording import record_chunks
from api.importing.records.binding import RecordBinding
from api.importing.records.deciding_processes import RecordsTask, record_by_processes
from api.importing.records.mapping import AnyRecordMapping, RecordMapping
from api.importing.records.outcome import RecordsForecast, RecordsResult, is_taken
from api.importing.records.reading import Binding
from api.importing.records.recorder import DecidedRecords, RecordForecaster
from api.importing.reject_file import RejectFile
from api.importing.rows import Rejected
from api.importing.staging import ImportProgress, ReportProgress, stage_rows
from api.importing.staging_table import StagingTable
from domain.event_log.database_connections import ADMINISTRATION, connect
from projections.engine.gc_pause import gc_seldom

MANY_ROWS = 20_000
"""From so many rows on, other processes decide: they take about half a second to start."""


def import_records(
    dsn: str,
    tenant: str,
    path: Path,
    mapping: AnyRecordMapping,
    rejects: Path,
    report: ReportProgress = lambda _: None,
) -> RecordsResult:
    """Records what is new in the file, about 1,000 rows in a transaction.

    Raises MappingError, UnreadableFile or OSError (of the reject file) before anything is recorded.
    """

    def record(binding: Binding, staged: StagingTable) -> Iterator[DecidedRecords]:
        task = RecordsTask(dsn, tenant, mapping, binding.header)
        if staged.count >= MANY_ROWS:
            return record_by_processes(connection, task, chunks(staged))
        return record_chunks(connection, tenant, task.recorder(connection), chunks(staged))

    with connect(dsn, ADMINISTRATION) as connection, RejectFile(rejects) as rejected:
        return _decided(path, mapping, record, rejected, report)


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

    def forecast(binding: Binding, staged: StagingTable) -> Iterator[DecidedRecords]:
        return map(RecordForecaster(connection, tenant, binding, mapping.record).decide, chunks(staged))

    outcome = _decided(path, mapping, forecast, reasons, report)
    return RecordsForecast(outcome, reasons.most_frequent())


def _decided(
    path: Path,
    mapping: AnyRecordMapping,
    decide: Callable[[Binding, StagingTable], Iterator[DecidedRecords]],
    rejected: RejectFile | ReasonCounts,
    report: ReportProgress,
) -> RecordsResult:
    with ExitStack() as stack:
        stack.enter_context(gc_seldom())
        staging = stack.enter_context(closing(StagingTable()))

        def bind(header: list[str]) -> RecordBinding[RecordMapping]:
            return RecordBinding(mapping, header)

        binding, read_as = stage_rows(path, mapping, bind, staging, rejected.add, report)
        result = RecordsResult(read_as, staging.count + rejected.count, rejected=rejected.count)
        done = 0
        for rows, topics in decide(binding, staging):
            result.add(rows, topics)
            for row in rows:
                if not is_taken(row):
                    rejected.add(Rejected(row.row.line, row.row.text, row.reason))
            done += len(rows)
            report(ImportProgress("recording", done, staging.count))
    return result
