"""Reading a tenant's trees: tiles, checkpoints, leaves, and the proofs that follow from them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from psycopg import Connection, DataError

from api.access_journal.tables import JOURNAL_HEAD
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.tenants import has_table
from domain.merkle.hashing import HASH_SIZE
from domain.merkle.tiles import WIDTH, TileKey, TileNodes
from domain.readable import Language
from domain.sealing.leaf import SealedLog, access_leaf, event_leaf

_SQL = sql_file("api.sealing", "trees.sql")
_FUNCTION = _SQL["function seal"].text
TREES: dict[str, str] = {
    "trees": _SQL["trees"].text,
    f"tree functions {hashlib.sha256(_FUNCTION.encode()).hexdigest()[:12]}": _FUNCTION,
}
"""The tables of the trees and the function that writes them, for ``make_once``."""
TREE_GRANTS = _SQL["grants"].text
"""The rights of the roles in them, as text for ``in_schema``."""
SEALED_LOGS: tuple[SealedLog, ...] = get_args(SealedLog)


class NotSealed(LedgerError):  # noqa: N818 -- names the state of things
    """The tree does not cover what was asked for, or not yet; the message says which, in both languages."""

    kind = "not_found"

    def __init__(self, english: str, vietnamese: str) -> None:
        super().__init__(english)
        self.vietnamese: str = vietnamese

    def in_language(self, language: Language) -> str:
        """The message."""
        return self.vietnamese if language == "vi" else str(self)


class StoredCheckpoint(NamedTuple):
    """A signed checkpoint; ``note`` is its text with the signature."""

    size: int
    root: bytes
    signed_at: datetime
    note: str


class Window(NamedTuple):
    """What a tree does not cover yet: how many rows, and how long the oldest of them has waited."""

    size: int
    head: int
    events: int
    seconds: float


def has_log(connection: Connection, tenant: str, log: SealedLog) -> bool:
    """Whether the tenant has this log; an older release made no access journal."""
    return log == "events" or has_table(connection, tenant, JOURNAL_HEAD)


def head_of(connection: Connection, tenant: str, log: SealedLog) -> tuple[int, int]:
    """How many rows the log has had, and how many of the first ones were removed since."""
    row = connection.execute(_SQL[f"head of {log}"].of(tenant)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def recorded_removal(connection: Connection, tenant: str, log: SealedLog, size: int) -> int:
    """How many of the first rows were removed, as the last entry of a removal among the first ``size`` rows says."""
    if log == "events":
        return 0
    row = connection.execute(_SQL["removed of access"].of(tenant), {"size": size}).fetchone()
    return int(row[0]) if row else 0


def fault_of_removal(connection: Connection, tenant: str, log: SealedLog, size: int) -> str | None:
    """What is wrong with the number of removed rows: the retention records each removal, and the tree covers it."""
    _, removed = head_of(connection, tenant, log)
    recorded = recorded_removal(connection, tenant, log, size)
    if removed == recorded:
        return None
    return (
        f"the log {log} says that positions 1 to {removed} were removed by the retention, and the last entry of a"
        f" removal says 1 to {recorded}: entries were removed without a record"
    )


def tree_size(connection: Connection, tenant: str, log: SealedLog) -> int:
    """How many leaves the tree covers: the rows at positions 1 to this number."""
    row = connection.execute(_SQL["size"].of(tenant), {"log": log}).fetchone()
    return int(row[0]) if row else 0


def window_of(connection: Connection, tenant: str, log: SealedLog) -> Window:
    """What the tree does not cover yet."""
    size, (head, _) = tree_size(connection, tenant, log), head_of(connection, tenant, log)
    statement = _SQL["oldest row after" if log == "events" else "oldest entry after"].of(tenant)
    oldest, now = connection.execute(statement, {"size": size}).fetchone() or (None, None)
    waited = now - oldest if oldest and now else timedelta()
    return Window(size, head, max(head - size, 0), max(waited.total_seconds(), 0.0))


def sealed_window(connection: Connection, tenant: str) -> Window | None:
    """The same of the log of events; None without a checkpoint, and where this role may not read the trees yet."""
    may_read = "select coalesce(has_table_privilege(to_regclass(%s), 'select'), false)"
    if connection.execute(may_read, [f"{schema_of(tenant)}.tree_sizes"]).fetchone() != (True,):
        return None
    return window_of(connection, tenant, "events") if tree_size(connection, tenant, "events") else None


def leaves(connection: Connection, tenant: str, log: SealedLog, after: int, limit: int) -> list[bytes]:
    """The hashes of the rows at positions ``after + 1`` and on, computed from the rows as they are stored.

    There are at most ``limit``, and fewer where the texts are long. Raises NotSealed where a position is missing.
    """
    try:
        hashes, positions = _leaves(connection, tenant, log, after, limit)
    except DataError:
        row = connection.execute(_SQL[f"undated {log}"].of(tenant), {"after": after}).fetchone()
        raise NotSealed(
            f"The log {log} has no valid date at position {row and row[0]}: the row was changed.",
            f"Nhật ký {log} không có ngày hợp lệ ở vị trí {row and row[0]}: dòng đã bị sửa.",
        ) from None
    if positions and positions[-1] != after + len(positions):
        expected = next(n for n, position in enumerate(positions, start=after + 1) if position != n)
        raise NotSealed(
            f"The log {log} has no row at position {expected}, but later ones: run `doctor`.",
            f"Nhật ký {log} không có dòng ở vị trí {expected} nhưng có dòng sau đó: hãy chạy `doctor`.",
        )
    return hashes


def _leaves(
    connection: Connection, tenant: str, log: SealedLog, after: int, limit: int
) -> tuple[list[bytes], list[int]]:
    """The hashes of rows and their positions."""
    if log == "events":
        rows = reader.page_rows(connection, tenant, after, limit, reader.PAGE_BYTES)
        return [event_leaf(*row[1:]) for row in rows], [row[0] for row in rows]
    parameters = {"after": after, "limit": limit}
    entries = connection.execute(_SQL["rows of access"].of(tenant), parameters, binary=True).fetchall()
    return [access_leaf(*row[1:]) for row in entries], [row[0] for row in entries]


def tiles_of_level(
    connection: Connection, tenant: str, log: SealedLog, level: int, first: int, limit: int
) -> list[tuple[int, bytes]]:
    """Tiles of one level from one on, in order, each with its index."""
    parameters = {"log": log, "level": level, "first": first, "limit": limit}
    return connection.execute(_SQL["tiles of level"].of(tenant), parameters, binary=True).fetchall()


def tiles(connection: Connection, tenant: str, log: SealedLog, wanted: Sequence[TileKey]) -> dict[TileKey, bytes]:
    """Some tiles; those that are missing are absent."""
    parameters = {"log": log, "levels": [level for level, _ in wanted], "tiles": [tile for _, tile in wanted]}
    rows = connection.execute(_SQL["tiles"].of(tenant), parameters, binary=True).fetchall()
    return {(level, tile): hashes for level, tile, hashes in rows}


def nodes(connection: Connection, tenant: str, log: SealedLog) -> TileNodes:
    """The nodes of the tree, read as they are needed. A missing tile is a KeyError."""
    return TileNodes(lambda level, index: tiles(connection, tenant, log, [(level, index)])[level, index])


def newest_checkpoint(connection: Connection, tenant: str, log: SealedLog) -> StoredCheckpoint | None:
    """The checkpoint of the largest tree; None before the first."""
    row = connection.execute(_SQL["newest checkpoint"].of(tenant), {"log": log}).fetchone()
    return StoredCheckpoint(*row) if row else None


def checkpoints_after(
    connection: Connection, tenant: str, log: SealedLog, after: int, limit: int = 1_000
) -> list[StoredCheckpoint]:
    """Checkpoints of trees of more than ``after`` leaves, the smallest first.

    The first of them is the smallest whose tree holds the row at position ``after + 1``.
    """
    parameters = {"log": log, "after": after, "limit": limit}
    return [StoredCheckpoint(*row) for row in connection.execute(_SQL["checkpoints after"].of(tenant), parameters)]


def checkpoints_before(
    connection: Connection, tenant: str, log: SealedLog, before: int, until: datetime | None, limit: int
) -> list[StoredCheckpoint]:
    """Checkpoints of trees of fewer than ``before`` leaves, the largest first; None: whenever they were signed."""
    parameters = {"log": log, "before": before, "until": until, "limit": limit}
    return [StoredCheckpoint(*row) for row in connection.execute(_SQL["checkpoints before"].of(tenant), parameters)]


def position_of_leaf(connection: Connection, tenant: str, log: SealedLog, leaf: bytes) -> int | None:
    """The position of the row with this leaf hash, such as that of a receipt; None where the tree has no such leaf."""
    rows = connection.execute(_SQL["tile with leaf"].of(tenant), {"log": log, "leaf": leaf}).fetchall()
    for tile, number in rows:
        index, rest = divmod(number - 1, HASH_SIZE)
        if not rest:
            return int(tile * WIDTH + index + 1)
    return None
