"""From a file into the log: every row as facts or in the reject file, however often, killed at any moment."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from psycopg import Connection

from api.importing.mapping import ImportMapping
from api.importing.outcome import NOT_TAKEN, ImportResult
from api.importing.recorder import Recorder
from api.importing.reject_file import RejectFile
from api.importing.rows import Rejected, Row
from api.importing.staging import ImportProgress, ReportProgress, stage_file
from api.importing.staging_table import StagingTable

ROWS_AT_ONCE = 1_000
"""How many rows are recorded in one transaction, unless one ticket has more."""


def import_file(
    connection: Connection,
    tenant: str,
    path: Path,
    mapping: ImportMapping,
    rejects: Path,
    tell: ReportProgress = lambda _: None,
) -> ImportResult:
    """Records what is new in the file, a transaction for each ROWS_AT_ONCE rows; the connection must be in autocommit.

    Raises MappingError, UnreadableFile or OSError (of the reject file) before anything is recorded.
    """
    with ExitStack() as stack:
        staging = stack.enter_context(closing(StagingTable()))
        rejected = stack.enter_context(RejectFile(rejects))
        binding, read_as = stage_file(path, mapping, staging, rejected.add, tell)
        outcome = ImportResult(read_as, staging.count + rejected.count, rejected=rejected.count)
        recorder = Recorder(connection, tenant, binding)
        done = 0
        for chunk in chunks(staging):
            lines, events = recorder.record(chunk)
            outcome.events += events
            outcome.add(lines)
            for line in lines:
                if line.place in NOT_TAKEN:
                    rejected.add(Rejected(line.row.line, line.row.text, line.reason))
            done += len(lines)
            tell(ImportProgress("recording", done, staging.count))
    return outcome


def chunks(staging: StagingTable) -> Iterator[dict[str, list[Row]]]:
    """The tickets on the staging with their rows, so many at once that they have ROWS_AT_ONCE rows."""
    chunk: dict[str, list[Row]] = {}
    held = 0
    for ticket, rows in staging.tickets():
        if chunk and held + len(rows) > ROWS_AT_ONCE:
            yield chunk
            chunk, held = {}, 0
        chunk[ticket] = rows
        held += len(rows)
    if chunk:
        yield chunk
