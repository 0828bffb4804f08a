"""From a file into the log: every row as facts or in the reject file, however often, killed at any moment."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from psycopg import Connection

from api.importing.mapping import Mapping, check_columns
from api.importing.plan import Plan, Unfit
from api.importing.recorder import Recorder
from api.importing.rejects import Rejects
from api.importing.rows import Rejected, Row, Shelf, UnreadableFile, opened, records
from api.importing.telling import Line

ROWS_AT_ONCE = 1_000
"""How many rows are recorded in one transaction, unless one ticket has more."""

EXAMPLES = 10
MOST_STATES = 200
"""How many unknown states are told apart; the rows of all others are counted under OTHER_STATES."""

OTHER_STATES = "(others)"


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a file: ``rows`` = ``recorded`` + ``known`` + ``rejected``.

    ``known`` were in the log before. ``late``, of the recorded ones, lie before rows that were: kept as details.
    ``back_in_time`` counts rows whose time is before that of one before them in their ticket (the order of the rows was
    kept, and what ends a state was moved behind its beginning); ``back_in_time_lines`` are the first of them.
    ``not_overwritten`` counts rows that say otherwise what somebody has decided here since: kept as details.
    ``moved_back`` counts rows that took a ticket back behind what an earlier export said; ``moved_back_lines`` are the
    first of them. ``unknown_states`` counts the rows, recorded or known, of each state that the mapping does not name:
    such a state is kept as written and tells no event.
    """

    rows: int = 0
    recorded: int = 0
    known: int = 0
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


class Progress(NamedTuple):
    """``phase`` is "reading" (counted in bytes) or "recording" (in rows)."""

    phase: str
    done: int
    total: int


Told = Callable[[Progress], None]


def import_file(
    connection: Connection, tenant: str, path: Path, mapping: Mapping, rejects: Path, tell: Told = lambda _: None
) -> Outcome:
    """Records what is new in the file, a transaction for each ROWS_AT_ONCE rows; the connection must be in autocommit.

    Raises MappingError, UnreadableFile or OSError (of the reject file) before anything is recorded.
    """
    outcome = Outcome()
    with ExitStack() as stack:
        shelf = stack.enter_context(closing(Shelf(mapping.delimiter)))
        rejected = stack.enter_context(Rejects(rejects))
        plan = shelve(path, mapping, shelf, rejected.add, tell)
        outcome.rows, outcome.rejected = shelf.count + rejected.count, rejected.count
        recorder = Recorder(connection, tenant, plan)
        done = 0
        for chunk in _chunks(shelf):
            lines, events = recorder.record(chunk)
            outcome.tickets += len(chunk)
            outcome.events += events
            for line in lines:
                _count(outcome, line)
                if line.place == "rejected":
                    rejected.add(Rejected(line.row.line, line.row.text, line.reason))
            done += len(lines)
            tell(Progress("recording", done, shelf.count))
    return outcome


def shelve(
    path: Path,
    mapping: Mapping,
    shelf: Shelf,
    reject: Callable[[Rejected], None],
    tell: Told = lambda _: None,
    limit: int | None = None,
) -> Plan:
    """Puts the rows of the file (the first ``limit``) on the shelf. Raises MappingError or UnreadableFile."""
    with opened(path, mapping.encoding) as (text, file):
        size = path.stat().st_size
        found = records(text, mapping.delimiter)
        header = next(found, None)
        if isinstance(header, Rejected):
            raise UnreadableFile(f"The first line of {path}, which names its columns, {header.reason}.")
        if header is None:
            raise UnreadableFile(f"{path} has no header line that names its columns.")
        columns = [cell.strip() for cell in header.cells]
        check_columns(mapping, columns)
        plan = Plan(mapping, columns)
        for count, record in enumerate(found, 1):
            if isinstance(record, Rejected):
                reject(record)
            else:
                try:
                    shelf.put(plan.ticket(record.cells), plan.order(record.cells), record)
                    plan.look(record.cells)
                except Unfit as unfit:
                    reject(Rejected(record.line, record.text, str(unfit)))
            if count == limit:
                break
            if count % 1_000 == 0:
                tell(Progress("reading", file.tell(), size))
        tell(Progress("reading", size, size))
    return plan


def _chunks(shelf: Shelf) -> Iterator[dict[str, list[Row]]]:
    chunk: dict[str, list[Row]] = {}
    held = 0
    for ticket, rows in shelf.tickets():
        if chunk and held + len(rows) > ROWS_AT_ONCE:
            yield chunk
            chunk, held = {}, 0
        chunk[ticket] = rows
        held += len(rows)
    if chunk:
        yield chunk


def _count(outcome: Outcome, line: Line) -> None:
    match line.place:
        case "known":
            outcome.known += 1
        case "new" | "late":
            outcome.recorded += 1
            outcome.late += line.place == "late"
        case "rejected":
            outcome.rejected += 1
    if line.back_in_time:
        outcome.back_in_time += 1
        if len(outcome.back_in_time_lines) < EXAMPLES:
            outcome.back_in_time_lines.append(line.row.line)
    outcome.not_overwritten += line.not_overwritten
    if line.moved_back:
        outcome.moved_back += 1
        if len(outcome.moved_back_lines) < EXAMPLES:
            outcome.moved_back_lines.append(line.row.line)
    if line.unknown_state is not None:
        told_apart = line.unknown_state in outcome.unknown_states or len(outcome.unknown_states) < MOST_STATES
        state = line.unknown_state if told_apart else OTHER_STATES
        outcome.unknown_states[state] = outcome.unknown_states.get(state, 0) + 1
