"""From a file into the log: every row as events or in the reject file.

It can be repeated, and killed at any moment.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from psycopg import Connection

from api.importing.chunk_pipeline import record_chunks
from api.importing.mapping import ImportMapping
from api.importing.outcome import NOT_TAKEN, ImportResult
from api.importing.recorder import Recorder
from api.importing.reject_file import InWords, RejectFile
from api.importing.rows import Rejected, Row
from api.importing.staging import ImportProgress, ReportProgress, stage_file
from api.importing.staging_table import StagingTable
from projections.engine.gc_pause import gc_seldom

ROWS_AT_ONCE = 1_000
"""How many rows one transaction records, unless one ticket has more."""


def import_file(
    connection: Connection,
    tenant: str,
    path: Path,
    mapping: ImportMapping,
    rejects: Path,
    report: ReportProgress = lambda _: None,
    in_words: InWords = str,
) -> ImportResult:
    """Records what is new in the file, ROWS_AT_ONCE rows in a transaction. The connection must be in autocommit.
    ``in_words`` says the reasons of the reject file.

    Raises MappingError, UnreadableFile or OSError (of the reject file) before anything is recorded.
    """
    with ExitStack() as stack:
        stack.enter_context(gc_seldom())
        staging = stack.enter_context(closing(StagingTable()))
        rejected = stack.enter_context(RejectFile(rejects, in_words))
        binding, read_as = stage_file(path, mapping, staging, rejected.add, report)
        result = ImportResult(read_as, staging.count + rejected.count, rejected=rejected.count)
        recorder = Recorder(connection, tenant, binding)
        done = 0
        for rows, events in record_chunks(connection, tenant, recorder, chunks(staging)):
            result.events += events
            result.add(rows)
            for row in rows:
                if row.status in NOT_TAKEN:
                    rejected.add(Rejected(row.row.line, row.row.text, row.reason))
            done += len(rows)
            report(ImportProgress("recording", done, staging.count))
    return result


def chunks(staging: StagingTable) -> Iterator[dict[str, list[Row]]]:
    """The staged tickets with their rows, as many at once as have ROWS_AT_ONCE rows together."""
    chunk: dict[str, list[Row]] = {}
    count = 0
    for ticket, rows in staging.tickets():
        if chunk and count + len(rows) > ROWS_AT_ONCE:
            yield chunk
            chunk, count = {}, 0
        chunk[ticket] = rows
        count += len(rows)
    if chunk:
        yield chunk
