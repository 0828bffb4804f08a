"""Proofs of a tenant's logs, read from their tiles: a row is in the tree, one tree begins with another."""

from dataclasses import dataclass

from psycopg import Connection

from api.sealing import tree_store
from api.sealing.tree_store import NotSealed, StoredCheckpoint
from api.whole_numbers import POSITION_DIGITS, whole_number
from domain.merkle.hashing import HASH_SIZE
from domain.merkle.tiles import TileNodes
from domain.merkle.tree import consistency_proof, inclusion_proof, root
from domain.merkle.verification import ProofInvalid, verify_inclusion
from domain.readable import number
from domain.sealing.leaf import SealedLog


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that the row at a position is in the tree of a checkpoint. Hashes are in hexadecimal.

    ``unchanged`` says whether the row still has the leaf that the tree holds; None: the row was removed by the
    retention of the access journal.
    """

    log: SealedLog
    position: int
    leaf: str
    size: int
    root: str
    proof: list[str]
    unchanged: bool | None
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """The proof that the tree of ``new`` leaves begins with the tree of ``old`` leaves. Hashes are in hexadecimal.

    ``checkpoint`` is the signed one of the new tree.
    """

    log: SealedLog
    old: int
    old_root: str
    new: int
    new_root: str
    proof: list[str]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a log is sealed. ``events`` rows are not covered yet, the oldest of them for ``seconds``.

    ``checkpoint`` is the newest one; it and what it says are null before the first.
    """

    log: SealedLog
    size: int
    root: str | None
    signed_at: str | None
    head: int
    events: int
    seconds: float
    checkpoint: str | None


def covered(connection: Connection, tenant: str, log: SealedLog) -> Covered:
    """How far a log is sealed."""
    window = tree_store.window_of(connection, tenant, log)
    newest = tree_store.newest_checkpoint(connection, tenant, log)
    return Covered(
        log,
        window.size,
        newest.root.hex() if newest else None,
        newest.signed_at.isoformat() if newest else None,
        window.head,
        window.events,
        round(window.seconds, 3),
        newest.note if newest else None,
    )


def position_of(connection: Connection, tenant: str, log: SealedLog, named: str) -> int:
    """The position that a number or a leaf in hexadecimal names. Raises NotSealed, and ValueError for another text."""
    position = whole_number(named, POSITION_DIGITS)
    if position is not None:
        return position
    leaf = bytes.fromhex(named)
    if len(leaf) != HASH_SIZE:
        raise ValueError(f"a leaf is {HASH_SIZE} bytes in hexadecimal")
    position = tree_store.position_of_leaf(connection, tenant, log, leaf)
    if position is None:
        raise NotSealed(
            f"No row of the log {log} has that leaf. A receipt is proven as soon as a checkpoint covers its position:"
            " `checkpoint` says how far. If it does already, the row was changed or removed.",
            f"Không dòng nào của nhật ký {log} có lá đó. Biên nhận được chứng minh khi có điểm niêm phong gồm vị trí"
            " của nó: `checkpoint` cho biết đến đâu. Nếu đã bao gồm, dòng đã bị sửa hoặc bị xóa.",
        )
    return position


def inclusion(connection: Connection, tenant: str, log: SealedLog, position: int, size: int | None = None) -> Inclusion:
    """The proof of a position in the newest checkpoint, or in that of a size. Raises NotSealed."""
    checkpoint = _checkpoint(connection, tenant, log, size)
    if not 1 <= position <= checkpoint.size:
        raise _not_covered(connection, tenant, log, position, checkpoint.size)
    node = _nodes(connection, tenant, log, checkpoint)
    leaf, proof = node(0, position - 1), inclusion_proof(position - 1, checkpoint.size, node)
    try:
        verify_inclusion(position - 1, checkpoint.size, leaf, proof, checkpoint.root)
    except ProofInvalid as error:
        raise _damaged(log, str(error), str(error)) from None
    head, removed = tree_store.head_of(connection, tenant, log)
    removed = min(removed, tree_store.recorded_removal(connection, tenant, log, head))
    return Inclusion(
        log,
        position,
        leaf.hex(),
        checkpoint.size,
        checkpoint.root.hex(),
        [hashed.hex() for hashed in proof],
        None if position <= removed else _row_leaf(connection, tenant, log, position) == leaf,
        checkpoint.note,
    )


def consistency(connection: Connection, tenant: str, log: SealedLog, old: int, new: int | None = None) -> Consistency:
    """The proof from a size to the newest checkpoint, or to that of a size. Raises NotSealed."""
    checkpoint = _checkpoint(connection, tenant, log, new)
    if not 1 <= old <= checkpoint.size:
        raise NotSealed(
            f"No proof leads from {old:,} to {checkpoint.size:,} leaves of the log {log}: the old size is 1 to"
            f" {checkpoint.size:,}.",
            f"Không có chứng minh nào từ {number(old, 'vi')} đến {number(checkpoint.size, 'vi')} lá của nhật ký {log}:"
            f" cỡ cũ là từ 1 đến {number(checkpoint.size, 'vi')}.",
        )
    node = _nodes(connection, tenant, log, checkpoint)
    return Consistency(
        log,
        old,
        root(old, node).hex(),
        checkpoint.size,
        checkpoint.root.hex(),
        [hashed.hex() for hashed in consistency_proof(old, checkpoint.size, node)],
        checkpoint.note,
    )


def _checkpoint(connection: Connection, tenant: str, log: SealedLog, size: int | None) -> StoredCheckpoint:
    """The checkpoint of a size, the newest without one. Raises NotSealed."""
    if size is None:
        newest = tree_store.newest_checkpoint(connection, tenant, log)
        if newest is None:
            raise NotSealed(
                f"Nothing of the log {log} is sealed yet: run `serve` or `seal`.",
                f"Nhật ký {log} chưa được niêm phong: hãy chạy `serve` hoặc `seal`.",
            )
        return newest
    for checkpoint in tree_store.checkpoints_after(connection, tenant, log, size - 1, 1):
        if checkpoint.size == size:
            return checkpoint
        raise NotSealed(
            f"No checkpoint of the log {log} has {size:,} leaves; the next one has {checkpoint.size:,}.",
            f"Không có điểm niêm phong nào của nhật ký {log} gồm {number(size, 'vi')} lá; điểm tiếp theo gồm"
            f" {number(checkpoint.size, 'vi')}.",
        )
    raise NotSealed(
        f"No checkpoint of the log {log} has {size:,} leaves.",
        f"Không có điểm niêm phong nào của nhật ký {log} gồm {number(size, 'vi')} lá.",
    )


def _nodes(connection: Connection, tenant: str, log: SealedLog, checkpoint: StoredCheckpoint) -> TileNodes:
    """The nodes of the tree, after they were compared with a checkpoint. Raises NotSealed."""
    node = tree_store.nodes(connection, tenant, log)
    try:
        computed = root(checkpoint.size, node)
    except KeyError as error:
        raise _damaged(log, str(error.args[0]), str(error.args[0])) from None
    if computed != checkpoint.root:
        raise _damaged(
            log, "they lead to another root than the checkpoint", "chúng dẫn đến gốc khác với điểm niêm phong"
        )
    return node


def _row_leaf(connection: Connection, tenant: str, log: SealedLog, position: int) -> bytes | None:
    """The leaf of the row as it is stored now; None without a row."""
    try:
        leaves = tree_store.leaves(connection, tenant, log, position - 1, 1)
    except NotSealed:
        return None
    return leaves[0] if leaves else None


def _not_covered(connection: Connection, tenant: str, log: SealedLog, position: int, size: int) -> NotSealed:
    head, _ = tree_store.head_of(connection, tenant, log)
    if size < position <= head:
        return NotSealed(
            f"The checkpoint covers positions 1 to {size:,} of the log {log}, and position {position:,} not yet: ask"
            " again in a few seconds. If it stays so, no sealer runs: `checkpoint` says since when.",
            f"Điểm niêm phong gồm vị trí 1 đến {number(size, 'vi')} của nhật ký {log}, chưa gồm vị trí"
            f" {number(position, 'vi')}: hãy xem lại sau vài giây. Nếu vẫn vậy, không có tiến trình niêm"
            " phong nào chạy: `checkpoint` cho biết từ khi nào.",
        )
    return NotSealed(
        f"The log {log} has no position {position:,}: it has 1 to {head:,}.",
        f"Nhật ký {log} không có vị trí {number(position, 'vi')}: nó có từ 1 đến {number(head, 'vi')}.",
    )


def _damaged(log: SealedLog, english: str, vietnamese: str) -> NotSealed:
    return NotSealed(
        f"The tiles of the log {log} are damaged ({english}): run `doctor --proofs`.",
        f"Các mảnh cây của nhật ký {log} bị hỏng ({vietnamese}): hãy chạy `doctor --proofs`.",
    )
