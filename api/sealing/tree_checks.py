"""Compares a tree with its log: rows with leaves, tiles with the tiles above them, the root with the checkpoint."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import must_be_of_newest_key, public_keys
from api.sealing.key_file import SealingKeyRefused, read_key
from api.sealing.publishing import LATEST, folder_of, step_of
from api.sealing.signed_heads import SealingStopped, SignedHead, SignedHeads, cut_off
from api.sealing.tree_store import NotSealed, StoredCheckpoint
from domain.checkpoint.checkpoint import Checkpoint, origin_of
from domain.checkpoint.keys import PublicKey
from domain.checkpoint.note import Note, NoteInvalid
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.soundness import RESTORE
from domain.merkle.hashing import HASH_SIZE, fold
from domain.merkle.tiles import HEIGHT, WIDTH, TileNodes, split, tile_width
from domain.merkle.tree import root
from domain.sealing.leaf import SealedLog

TILES_AT_ONCE = 20
SEALED_WITHIN = 60.0
"""Seconds after which a row of a log that lists a sealing key is in the tree."""
_AFTER_A_RESTORE = (
    "Restore a newer backup. If what came later is given up, tell those who keep checkpoints, and move the files of the"
    " log out of the folder beside the sealing key (docs/how-to/prove.md)"
)
Report = Callable[[int, int], None]
"""Takes how many rows were compared, and how many there are."""


def fault_of_tree(dsn: str, tenant: str, log: SealedLog, report: Report) -> str | None:
    """The first thing that is wrong with a tree or with the rows that it covers; None when all of it agrees.

    It reads all rows and hashes them again. The log may grow meanwhile.
    """
    with connect(dsn, ADMINISTRATION) as connection:
        newest = tree_store.newest_checkpoint(connection, tenant, log)
        size = tree_store.tree_size(connection, tenant, log)
        if newest is None or newest.size > size:
            if size or newest:
                return f"the tree covers {size} rows and has no checkpoint of them"
            return _fault_of_empty_tree(connection, tenant, log)
        head, removed = tree_store.head_of(connection, tenant, log)
        if newest.size > head:
            return f"positions {head + 1} to {newest.size} were sealed, and the log ends at {head}: it was cut off"
        if fault := tree_store.fault_of_removal(connection, tenant, log, head):
            return fault
        faults = chain(
            _fault_of_rows(connection, tenant, log, newest.size, removed, report),
            _fault_of_tiles(connection, tenant, log, newest.size),
            _faults_of_checkpoints(connection, tenant, log, newest, report),
        )
        return next(faults, None)


def fault_of_signed(connection: Connection, tenant: str, log: SealedLog, key: Path | None) -> str | None:
    """What a tree lacks of the one that was signed last with the key of a file; None also where no such file is here.

    A sealer that ended before its checkpoint was stored leaves a tree that is smaller than the signed one, and a log
    that is not.
    """
    try:
        last = None if key is None else SignedHeads(key).last(origin_of(read_key(key).database, tenant, log))
    except SealingKeyRefused:
        return None  # another computer or user seals
    except SealingStopped as error:
        return str(error)
    return None if last is None else _fault_of_last(connection, tenant, log, last)


def _fault_of_last(connection: Connection, tenant: str, log: SealedLog, last: SignedHead) -> str | None:
    size = tree_store.tree_size(connection, tenant, log)
    if tree_store.head_of(connection, tenant, log)[0] < last.size:
        return f"{cut_off(log, last, size)}. {_AFTER_A_RESTORE}"
    try:
        same = size < last.size or root(last.size, tree_store.nodes(connection, tenant, log)) == last.root
    except KeyError:
        return None  # a tile is missing: `doctor --proofs` names it
    return None if same else f"the tree does not begin with the {last.size} rows that were signed last: {RESTORE}"


def fault_of_published(connection: Connection, tenant: str, log: SealedLog, published: Path) -> str | None:
    """What a tree lacks of the newest checkpoint in the folder of published ones; None where there is none yet."""
    latest = folder_of(published, tenant, log) / LATEST
    try:
        kept = Checkpoint.of(step_of(latest.read_text(encoding="utf-8")).note.text)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, NoteInvalid) as error:
        return f"{latest} cannot be read: {error}"
    size = tree_store.tree_size(connection, tenant, log)
    try:
        if kept.size <= size and root(kept.size, tree_store.nodes(connection, tenant, log)) == kept.root:
            return None
    except KeyError:
        return None  # a tile is missing: `doctor --proofs` names it
    return (
        f"{latest} has a checkpoint of {kept.size} rows with which the tree of {size} rows does not begin: the log was"
        f" cut off or replaced, or an older backup was restored. {_AFTER_A_RESTORE}"
    )


def _fault_of_empty_tree(connection: Connection, tenant: str, log: SealedLog) -> str | None:
    """A log that lists a sealing key has a tree, unless its rows are new."""
    waited = tree_store.window_of(connection, tenant, log).seconds
    if waited < SEALED_WITHIN or not public_keys(connection, tenant, log):
        return None
    return "the log lists a sealing key and its tree is empty: no sealer runs, or the tree was removed"


def _fault_of_rows(
    connection: Connection, tenant: str, log: SealedLog, size: int, removed: int, report: Report
) -> Iterator[str]:
    """The first row that is not the one that was sealed, after those that the retention removed."""
    after = removed
    while after < size:
        first = after // WIDTH
        tiles = tree_store.tiles_of_level(connection, tenant, log, 0, first, TILES_AT_ONCE)
        if [index for index, _ in tiles[:1]] != [first]:
            yield f"the tile 0/{first} is missing: it holds the leaves from position {first * WIDTH + 1} on"
            return
        sealed = b"".join(hashes for _, hashes in tiles)[(after - first * WIDTH) * HASH_SIZE :][
            : (size - after) * HASH_SIZE
        ]
        try:
            leaves = tree_store.leaves(connection, tenant, log, after, len(sealed) // HASH_SIZE)
        except NotSealed as error:
            yield str(error)
            return
        for position, (leaf, stored) in enumerate(zip(leaves, split(sealed), strict=False), start=after + 1):
            if leaf != stored:
                yield f"the row at position {position} is not the one that was sealed"
                return
        if not leaves:
            yield f"the log {log} has no row at position {after + 1}"
            return
        after += len(leaves)
        report(after, size)


def _fault_of_tiles(connection: Connection, tenant: str, log: SealedLog, size: int) -> Iterator[str]:
    """The first tile whose root is not the hash in the tile above it, or that is missing or too short."""
    level = 0
    while size >> HEIGHT * level:
        first, last = 0, ((size >> HEIGHT * level) - 1) // WIDTH
        while first <= last:
            tiles = dict(tree_store.tiles_of_level(connection, tenant, log, level, first, WIDTH))
            above = tree_store.tiles(connection, tenant, log, [(level + 1, first // WIDTH)])
            hashes = split(above.get((level + 1, first // WIDTH), b""))
            for index in range(first, min(first + WIDTH, last + 1)):
                width = tile_width(size, level, index)
                tile = tiles.get(index, b"")
                if len(tile) < width * HASH_SIZE:
                    yield f"the tile {level}/{index} is missing or too short"
                elif width == WIDTH and hashes[index - first : index - first + 1] != [fold(split(tile))]:
                    begin, rows = index << HEIGHT * (level + 1), 1 << HEIGHT * (level + 1)
                    yield f"the tile {level}/{index} was changed: it covers positions {begin + 1} to {begin + rows}"
            first += WIDTH
        level += 1


def _faults_of_checkpoints(
    connection: Connection, tenant: str, log: SealedLog, newest: StoredCheckpoint, report: Report
) -> Iterator[str]:
    """Which checkpoints are not those of the tiles, or not signed by a key that the log lists; the newest first."""
    keys = public_keys(connection, tenant, log)
    nodes = tree_store.nodes(connection, tenant, log)
    yield from _faults_of_checkpoint("the newest checkpoint", newest, nodes, keys)
    if must_be_of_newest_key(connection, tenant, log, newest) and not _signed_by(newest, keys[-1:]):
        yield "the newest checkpoint is not signed by the newest key that the log lists"
    page = tree_store.checkpoints_after(connection, tenant, log, 0)
    while page:
        nodes = tree_store.nodes(connection, tenant, log)  # forgets the tiles of the page before
        for stored in page:
            if stored.size < newest.size:
                yield from _faults_of_checkpoint(f"the checkpoint of {stored.size} rows", stored, nodes, keys)
        report(min(page[-1].size, newest.size), newest.size)
        page = tree_store.checkpoints_after(connection, tenant, log, page[-1].size)


def _faults_of_checkpoint(
    name: str, stored: StoredCheckpoint, nodes: TileNodes, keys: list[PublicKey]
) -> Iterator[str]:
    if stored.size < 1 or root(stored.size, nodes) != stored.root:
        yield f"{name}, of {stored.size} rows, has another root than the tiles"
    try:
        note = Note.of(stored.note)
        checkpoint = Checkpoint.of(note.text)
        signed = _signed_by(stored, keys)
        if not signed:
            yield f"no key that the log lists signed {name}"
        for key in signed:
            note.verify(key)
    except NoteInvalid as error:
        yield f"{name} cannot be trusted: {error}"
    else:
        if (checkpoint.size, checkpoint.root) != stored[:2]:
            yield f"the note of {name} tells another size or another root than its row"


def _signed_by(stored: StoredCheckpoint, keys: list[PublicKey]) -> list[PublicKey]:
    """The keys whose signatures the note bears; they are not verified here. Raises NoteInvalid."""
    signatures = Note.of(stored.note).signatures
    return [key for key in keys if any(signature.key_id == key.id for signature in signatures)]
