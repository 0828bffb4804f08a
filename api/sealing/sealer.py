"""The sealer: hashes the rows of a tenant's logs in batches into their trees, and signs a checkpoint for each batch."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import psycopg
from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import is_newest, list_key, may_sign
from api.sealing.key_file import SealingKey, SealingKeyRefused, WatchedKey
from api.sealing.signed_heads import SealingStopped, SignedHead, SignedHeads, cut_off
from api.sealing.tree_store import SEALED_LOGS, StoredCheckpoint
from domain.checkpoint.checkpoint import Checkpoint, origin_of
from domain.checkpoint.note import signed_note
from domain.errors import LedgerError
from domain.event_log.codec import UnreadableEvent
from domain.event_log.database_connections import ADMINISTRATION, SEALING, connect
from domain.event_log.notifications import Listener, ListenerSettings, append_channel
from domain.event_log.sql_files import sql_file
from domain.merkle.hashing import HASH_SIZE
from domain.merkle.tiles import TileKey, TileNodes, edge, grown, tile_width
from domain.merkle.tree import consistency_proof, root
from domain.merkle.verification import ProofInvalid, verify_consistency
from domain.sealing.leaf import SealedLog

BATCH = 5_000
"""Leaves that are hashed at once."""
SIGN_EVENTS = 1_000
"""How many rows outside the tree are sealed at once."""
SIGN_SECONDS = 1.0
"""Fewer are sealed after so long."""
RETRY_SECONDS = 5.0
_GATHER = 0.1
_SQL = sql_file("api.sealing", "trees.sql")
_LOG = logging.getLogger(__name__)


class _Edge(NamedTuple):
    """The size of a tree, and its partial tiles."""

    size: int
    tiles: Mapping[TileKey, bytes]

    def root(self) -> bytes:
        return root(self.size, TileNodes(lambda level, index: self.tiles[level, index]))


class Sealer:
    """Seals the logs of one tenant. Any number of sealers may run at once: each batch is written by one of them."""

    def __init__(
        self, dsn: str, tenant: str, key: WatchedKey, *, desk_dsn: str, sealed: Callable[[], None] | None = None
    ) -> None:
        """``desk_dsn`` is the address under which the events of new keys are recorded.

        ``sealed`` is called after each checkpoint.
        """
        self._dsn = dsn
        self._desk_dsn = desk_dsn
        self._tenant = tenant
        self._key = key
        self._heads = SignedHeads(key.path)
        self._sealed = sealed
        self._edges: dict[SealedLog, _Edge] = {}

    def run(self, stop: threading.Event) -> None:
        """Seals until ``stop`` is set, by notification and by polling, through every loss of the connection."""
        sealed_at = dict.fromkeys(SEALED_LOGS, -SIGN_SECONDS)
        logged = ""
        with Listener(
            self._dsn, [append_channel(self._tenant)], ListenerSettings(SIGN_SECONDS, _GATHER), SEALING
        ) as listener:
            while not stop.is_set():
                try:
                    waits = self._turn(listener.connection(), sealed_at)
                    logged = ""
                    listener.wait(waits)
                except psycopg.Error as error:
                    _LOG.warning("the sealer of %s cannot use the database (%s)", self._tenant, type(error).__name__)
                    self._edges.clear()
                    stop.wait(listener.lost())
                except (LedgerError, UnreadableEvent) as error:  # such as a changed event of the key
                    if str(error) != logged:
                        _LOG.error("nothing of %s is sealed: %s", self._tenant, error)
                    logged = str(error)
                    self._edges.clear()
                    stop.wait(RETRY_SECONDS)

    def _turn(self, connection: Connection, sealed_at: dict[SealedLog, float]) -> float:
        """Seals what is due in each log; returns how many seconds later something may be due."""
        waits = SIGN_SECONDS
        for log in SEALED_LOGS:
            pending = self._pending(connection, log)
            since = time.monotonic() - sealed_at[log]
            while is_due(pending, since):
                self.step(connection, log)
                sealed_at[log], since = time.monotonic(), 0.0
                pending = self._pending(connection, log)
            if pending:
                waits = min(waits, SIGN_SECONDS - since)
        return waits

    def catch_up(self, connection: Connection) -> int:
        """Seals all that the logs hold; returns how many rows that were."""
        return sum(self._catch_up(connection, log) for log in SEALED_LOGS)

    def _catch_up(self, connection: Connection, log: SealedLog) -> int:
        sealed = 0
        while self._pending(connection, log):
            sealed += self.step(connection, log)
        return sealed

    def _pending(self, connection: Connection, log: SealedLog) -> int:
        """How many rows the tree does not cover.

        Raises SealingStopped for a log that is shorter than its tree, or than the tree that was signed last.
        """
        if not tree_store.has_log(connection, self._tenant, log):
            return 0
        last = self._heads.last(origin_of(self._key.current().database, self._tenant, log))  # others may seal meanwhile
        head, _ = tree_store.head_of(connection, self._tenant, log)
        size = self._edge(connection, log).size
        if head < size:
            size = self._edge(connection, log, again=True).size
        if head < size:
            raise SealingStopped(
                f"the log {log} ends at {head}, but its tree covers {size} rows: it was cut off, or an older backup"
                " was restored; run `doctor --proofs`"
            )
        if last is not None and head < last.size:
            raise SealingStopped(f"{cut_off(log, last, size)}; run `doctor --proofs`")
        return head - size

    def step(self, connection: Connection, log: SealedLog) -> int:
        """Seals a batch; returns how many rows this sealer added. Raises LedgerError when nothing may be signed."""
        key = self._listed_key(connection)
        origin = origin_of(key.database, self._tenant, log)
        with self._heads.locked(origin):
            return self._step(connection, log, key, origin)

    def _step(self, connection: Connection, log: SealedLog, key: SealingKey, origin: str) -> int:
        before = self._edge(connection, log)
        now = tree_store.tree_size(connection, self._tenant, log)
        if now < before.size:
            raise SealingStopped(
                f"the tree of the log {log} covers {now} rows, and it covered {before.size}: its tables were changed,"
                " or an older backup was restored; run `doctor --proofs`"
            )
        if now > before.size:
            self._edges.pop(log, None)  # another sealer was faster
            return 0
        leaves = tree_store.leaves(connection, self._tenant, log, before.size, BATCH)
        if not leaves:
            raise SealingStopped(f"the log {log} has no row at position {before.size + 1}; run `doctor`")
        changed = grown(before.size, before.tiles, leaves)
        size = before.size + len(leaves)
        after = _Edge(size, {tile: changed.get(tile) or before.tiles[tile] for tile in edge(size)})
        self._verify_last(connection, log, origin, before, leaves)
        checkpoint = Checkpoint(origin, size, after.root())
        note = str(signed_note(checkpoint.text, key.private, origin))
        parameters = {
            "log": log,
            "old_size": before.size,
            "new_size": size,
            "levels": [level for level, _ in changed],
            "tiles": [tile for _, tile in changed],
            "contents": list(changed.values()),
            "root": checkpoint.root,
            "note": note,
        }
        self._heads.keep(origin, SignedHead(before.size, size, checkpoint.root))
        if connection.execute(_SQL["seal"].of(self._tenant), parameters).fetchone() != (True,):
            self._edges.pop(log, None)  # another sealer was faster
            return 0
        self._edges[log] = after
        if self._sealed is not None:
            self._sealed()
        return len(leaves)

    def _verify_last(
        self, connection: Connection, log: SealedLog, origin: str, before: _Edge, leaves: list[bytes]
    ) -> None:
        """Raises SealingStopped unless the tree with these leaves begins with the tree that was signed last.

        A sealer that ended before its checkpoint was stored left a tree that is smaller than the signed one.
        """
        last = self._heads.last(origin)
        if last is None:
            return
        if before.size < last.before or before.size + len(leaves) < last.size:
            raise SealingStopped(f"{cut_off(log, last, before.size)}; run `doctor --proofs`")
        if before.size < last.size:
            changed = grown(before.size, before.tiles, leaves[: last.size - before.size])
            tiles = {tile: changed.get(tile) or before.tiles[tile] for tile in edge(last.size)}
            same = _Edge(last.size, tiles).root() == last.root
        else:
            same = self._begins_with(connection, log, before, last)
        if not same:
            raise SealingStopped(
                f"the tree of the log {log} does not begin with the {last.size} rows that were signed: it was"
                " replaced; keep this database, and run `doctor --proofs`"
            )

    def _begins_with(self, connection: Connection, log: SealedLog, tree: _Edge, last: SignedHead) -> bool:
        if tree.size == last.size:
            return tree.root() == last.root
        try:
            proof = consistency_proof(last.size, tree.size, tree_store.nodes(connection, self._tenant, log))
            verify_consistency(last.size, tree.size, last.root, tree.root(), proof)
        except (KeyError, ProofInvalid):
            return False
        return True

    def _edge(self, connection: Connection, log: SealedLog, *, again: bool = False) -> _Edge:
        """The edge of the tree. Raises SealingStopped when its tiles are not those of the newest checkpoint."""
        if log not in self._edges or again:
            with connection.transaction():
                connection.execute("set transaction isolation level repeatable read")  # others may seal meanwhile
                size = tree_store.tree_size(connection, self._tenant, log)
                tiles = tree_store.tiles(connection, self._tenant, log, edge(size))
                newest = tree_store.newest_checkpoint(connection, self._tenant, log)
            if size and not _is_edge_of(newest, size, tiles):
                raise SealingStopped(
                    f"the tiles of the log {log} are not those of its newest checkpoint: run `doctor --proofs`"
                )
            self._edges[log] = _Edge(size, tiles)
        return self._edges[log]

    def _listed_key(self, connection: Connection) -> SealingKey:
        """The key, which the tenant's log lists as the newest. Raises SealingKeyRefused."""
        key = self._key.current()
        if is_newest(connection, self._tenant, key):
            return key
        if not may_sign(connection, self._tenant, key):
            raise SealingKeyRefused(
                "the log lists another sealing key than the one in the file: restore its file, or put this key in its"
                f" place with `seal --init --tenant {self._tenant}`"
            )
        try:
            with connect(self._desk_dsn, ADMINISTRATION) as desk:
                list_key(desk, self._tenant, key)
        except psycopg.errors.InsufficientPrivilege:
            raise SealingKeyRefused(
                "the log does not list the sealing key, and this database user may not record it: run"
                f" `seal --init --tenant {self._tenant}` as a user who may record commands"
            ) from None
        return key


def _is_edge_of(newest: StoredCheckpoint | None, size: int, tiles: Mapping[TileKey, bytes]) -> bool:
    """Whether the tiles found are the edge of the tree of the newest checkpoint."""
    widths = {(level, index): tile_width(size, level, index) * HASH_SIZE for level, index in edge(size)}
    if newest is None or widths != {key: len(tile) for key, tile in tiles.items()}:
        return False
    return newest[:2] == (size, _Edge(size, tiles).root())


def is_due(pending: int, seconds: float) -> bool:
    """Whether so many rows are sealed now, when the last were sealed so many seconds ago."""
    return pending >= SIGN_EVENTS or (pending > 0 and seconds >= SIGN_SECONDS)
