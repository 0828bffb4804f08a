"""Writes a bundle: lines of a sealed log with the tree and the checkpoint that prove them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from psycopg import Connection

from api.auditing.audited_lines import AuditFilter, lines_at, lines_between, matching_positions, position_at
from api.auditing.bundle_file import BundleFile
from api.auditing.verify import CHECKPOINT, FORMAT, KEYS, LINES, NEIGHBOURS, PERIOD_FORMAT
from api.exporting.partial_output import checked_target, put, whole_or_nothing
from api.exporting.progress import Counter, Progress
from api.exporting.snapshot import ExportRefused
from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.tree_store import StoredCheckpoint, Window
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.note import Note, NoteInvalid
from domain.merkle.hashing import HASH_SIZE
from domain.merkle.tiles import tile_width
from domain.sealing.leaf import SealedLog

TILES_AT_ONCE = 100
MICROSECOND = timedelta(microseconds=1)


class AuditExport(NamedTuple):
    """A bundle that was asked for. Bounds are positions or instants; None: the first, or the last sealed one.

    ``since`` is the text of a checkpoint that the auditor kept. ``most_lines`` bounds the range of positions,
    ``most_bytes`` its lines. ``go_on`` is called before each line, and raises where no more is wanted.
    """

    log: SealedLog = "events"
    first: int | datetime | None = None
    last: int | datetime | None = None
    only: AuditFilter | None = None
    since: str | None = None
    progress: Progress = lambda *_: None
    most_lines: int | None = None
    most_bytes: int | None = None
    go_on: Callable[[], object] = lambda: None

    @property
    def period(self) -> dict[str, str | None] | None:
        """Its instants as the bundle names them, both included; None for a range of positions alone."""
        ends = [_instant(end) if isinstance(end, datetime) else None for end in (self.first, self.last)]
        return {"from": ends[0], "to": ends[1]} if any(ends) else None


class Extent(NamedTuple):
    """The positions of a bundle, and those beside its period.

    Of a period without events ``last`` is before ``first``.
    """

    first: int
    last: int
    neighbours: tuple[int, ...] = ()


class WrittenBundle(NamedTuple):
    """What a bundle holds, and what of the log no checkpoint covers yet."""

    first: int
    last: int
    lines: int
    size: int
    window: Window


def write_bundle(connection: Connection, tenant: str, export: AuditExport, to: Path) -> WrittenBundle:
    """Writes the whole bundle or nothing. Raises ExportRefused."""
    target = checked_target(to, folder=False)
    with whole_or_nothing(target) as work:
        made = work / target.name
        with made.open("xb") as file:
            written = write_bundle_into(file, connection, tenant, export)
        put(made, target)
    return written


def write_bundle_into(file: IO[bytes], connection: Connection, tenant: str, export: AuditExport) -> WrittenBundle:
    """Writes the bundle into an empty file. Two of one range and one checkpoint are equal. Raises ExportRefused."""
    with connection.transaction(force_rollback=True):
        connection.execute("set transaction isolation level repeatable read")
        newest = tree_store.newest_checkpoint(connection, tenant, export.log)
        window = tree_store.window_of(connection, tenant, export.log)
        if newest is None or newest.size == 0:
            raise ExportRefused(f"Nothing of the log {export.log} is sealed yet. {waiting(window)}")
        extent = _extent(connection, tenant, export, newest, window)
        with BundleFile(file) as bundle:
            lines = _fill(bundle, connection, tenant, export, newest, extent)
    return WrittenBundle(extent.first, extent.last, lines, newest.size, window)


def _fill(
    bundle: BundleFile,
    connection: Connection,
    tenant: str,
    export: AuditExport,
    newest: StoredCheckpoint,
    extent: Extent,
) -> int:
    """Adds all files; returns the number of lines."""
    first, last, neighbours = extent
    period = export.period
    if export.only is None:
        lines = lines_between(connection, tenant, export.log, first, last)
    else:
        positions = matching_positions(connection, tenant, export.log, export.only, first, last)
        lines = lines_at(connection, tenant, export.log, positions)
    counter = Counter("lines", export.progress)
    bundle.add(LINES, _bounded(export, counter.of(lines)))
    if period is not None:
        bundle.add(NEIGHBOURS, lines_at(connection, tenant, export.log, neighbours))
    bundle.add(CHECKPOINT, [newest.note.encode()])
    origin = Checkpoint.of(Note.of(newest.note).text).origin
    if export.since is not None:
        kept = _kept(export.since, origin, newest)
        bundle.add(f"checkpoints/{kept.size}.txt", [export.since.encode()])
    keys = public_keys(connection, tenant, export.log)
    bundle.add(KEYS, [f"{key.text}\n".encode() for key in reversed(keys)])
    for name, hashes in Counter("tiles", export.progress).of(_tiles(connection, tenant, export.log, newest.size)):
        bundle.add(name, [hashes], compressed=False)
    bundle.finish(
        {
            "format": FORMAT if period is None else PERIOD_FORMAT,
            "origin": origin,
            "tenant": tenant,
            "log": export.log,
            "filters": {} if export.only is None else {export.only.name: export.only.value},
            **({} if period is None else {"period": period}),
            "first": first,
            "last": last,
            "lines": counter.total,
            "size": newest.size,
        }
    )
    return counter.total


def _bounded(export: AuditExport, lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines. Raises ExportRefused for more bytes than are exported."""
    size = 0
    for line in lines:
        export.go_on()
        size += len(line)
        if export.most_bytes is not None and size > export.most_bytes:
            raise ExportRefused(
                f"The lines of the range have more than {export.most_bytes} bytes, which is the most that is exported"
                " here: choose a shorter range, or `export audit` on the command line."
            )
        yield line


def _tiles(connection: Connection, tenant: str, log: SealedLog, size: int) -> Iterator[tuple[str, bytes]]:
    """The stored tiles, each cut to what a tree of this size holds."""
    level = 0
    while tile_width(size, level, 0):
        first = 0
        while page := tree_store.tiles_of_level(connection, tenant, log, level, first, TILES_AT_ONCE):
            for index, hashes in page:
                if width := tile_width(size, level, index):
                    yield f"tiles/{level}/{index}", hashes[: width * HASH_SIZE]
            first = page[-1][0] + 1
        level += 1


def _extent(
    connection: Connection, tenant: str, export: AuditExport, newest: StoredCheckpoint, window: Window
) -> Extent:
    """The positions that were asked for. Raises ExportRefused for those that cannot be proven."""
    head, trimmed = tree_store.head_of(connection, tenant, export.log)
    if fault := tree_store.fault_of_removal(connection, tenant, export.log, newest.size):
        raise ExportRefused(f"Nothing is exported: {fault}. After `access trim`, wait until `seal` covers its entry.")
    first, last = export.first or trimmed + 1, export.last or newest.size
    neighbours = []
    if isinstance(first, datetime):
        first = position_at(connection, tenant, export.log, first - MICROSECOND) + 1
        neighbours += [first - 1] if first > 1 else []
    if isinstance(last, datetime):
        last = position_at(connection, tenant, export.log, last)
        neighbours += [last + 1] if last < head else []
    beside_nothing = [last, first] if last > 0 else [first]
    if last < first - 1 or (last < first and neighbours != beside_nothing):
        raise ExportRefused("Nothing was recorded from --from to --to: choose another range.")
    begin, end = min([first, *neighbours]), max([last, *neighbours])
    if begin <= trimmed:
        beside = ", with the one before the period" if first > trimmed else ""
        raise ExportRefused(
            f"Positions 1 to {trimmed} were removed when their retention ended{beside}: begin with --from"
            f" {trimmed + 1}, a position."
        )
    if end > newest.size:
        beside = ", with the one after the period" if last <= newest.size else ""
        raise ExportRefused(
            f"Positions {max(begin, newest.size + 1)} to {end} are not sealed yet{beside}: the newest checkpoint covers"
            f" 1 to {newest.size}. {waiting(window)} Or end with --to {newest.size}, a position."
        )
    if export.most_lines is not None and last - first >= export.most_lines:
        raise ExportRefused(
            f"The range has {last - first + 1} positions, and at most {export.most_lines} are exported here: choose a"
            " shorter range, or `export audit` on the command line."
        )
    return Extent(first, last, tuple(neighbours))


def _instant(at: datetime) -> str:
    """An instant as the lines write it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def waiting(window: Window) -> str:
    """What no checkpoint covers, and how long to wait for the sealer."""
    if not window.events:
        return f"The log ends at position {window.head}."
    return (
        f"{window.events} positions wait for the sealer, the oldest for {window.seconds:.0f} s. A sealer that runs"
        " takes about a second; `seal` starts one."
    )


def _kept(note: str, origin: str, newest: StoredCheckpoint) -> Checkpoint:
    """The checkpoint that the auditor kept. Raises ExportRefused for one that this log cannot contain."""
    try:
        kept = Checkpoint.of(Note.of(note).text)
    except NoteInvalid as error:
        raise ExportRefused(f"The file of --since holds no checkpoint: {error}.") from None
    if kept.origin != origin:
        raise ExportRefused(f"The checkpoint of --since is of another log: {kept.origin}.")
    if kept.size > newest.size:
        raise ExportRefused(
            f"The checkpoint of --since covers {kept.size} positions, and the newest one here {newest.size}:"
            " the log was cut off, or an older backup was restored."
        )
    return kept
