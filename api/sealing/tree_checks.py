"""Compares a tree with its log: rows with leaves, tiles with the tiles above them, the root with the checkpoint."""

from collections.abc import Callable, Iterator
from itertools import chain

from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.tree_store import NotSealed, StoredCheckpoint
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.note import Note, NoteInvalid
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.merkle.hashing import HASH_SIZE, fold
from domain.merkle.tiles import HEIGHT, WIDTH, split, tile_width
from domain.merkle.tree import root
from domain.sealing.leaf import SealedLog

TILES_AT_ONCE = 20
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
            return f"the tree covers {size} rows and has no checkpoint of them" if size or newest else None
        head, removed = tree_store.head_of(connection, tenant, log)
        if newest.size > head:
            return f"positions {head + 1} to {newest.size} were sealed, and the log ends at {head}: it was cut off"
        if fault := tree_store.fault_of_removal(connection, tenant, log, head):
            return fault
        faults = chain(
            _fault_of_rows(connection, tenant, log, newest.size, removed, report),
            _fault_of_tiles(connection, tenant, log, newest.size),
            _fault_of_checkpoint(connection, tenant, log, newest),
        )
        return next(faults, None)


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


def _fault_of_checkpoint(
    connection: Connection, tenant: str, log: SealedLog, newest: StoredCheckpoint
) -> Iterator[str]:
    """Whether the newest checkpoint is that of the tiles, and signed by a key that the log lists."""
    if root(newest.size, tree_store.nodes(connection, tenant, log)) != newest.root:
        yield f"the newest checkpoint, of {newest.size} rows, has another root than the tiles"
    try:
        note = Note.of(newest.note)
        checkpoint = Checkpoint.of(note.text)
        keys = public_keys(connection, tenant, log)
        signed = [key for key in keys if any(signature.key_id == key.id for signature in note.signatures)]
        if not signed:
            yield "no key that the log lists signed the newest checkpoint"
        for key in signed:
            note.verify(key)
    except NoteInvalid as error:
        yield f"the newest checkpoint cannot be trusted: {error}"
    else:
        if (checkpoint.size, checkpoint.root) != newest[:2]:
            yield "the note of the newest checkpoint tells another size or another root than its row"
