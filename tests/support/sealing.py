"""Sealed logs in tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_file import WatchedKey
from api.sealing.publishing import Publisher
from api.sealing.sealer import Sealer
from api.sealing.tree_store import StoredCheckpoint, checkpoints_after
from domain.ids import new_id
from domain.merkle.tiles import TileKey, grown
from tests.support.log import DEFAULT, append, batch


def sealer_of(url: str, key: Path, sealed: Callable[[], None] | None = None) -> Sealer:
    """A sealer of DEFAULT."""
    return Sealer(url, DEFAULT, WatchedKey(key), desk_dsn=url, sealed=sealed)


def record(connection: Connection, events: int) -> None:
    """Appends so many events to the log of DEFAULT."""
    append(connection, batch((new_id(), 0, events)), DEFAULT)


def stored_tiles(connection: Connection) -> dict[TileKey, bytes]:
    """The tiles of the events as the sealer wrote them."""
    rows = connection.execute("select level, tile, hashes from tenant_default.tree_tiles where log = 'events'")
    return {(level, tile): hashes for level, tile, hashes in rows}


def rebuilt(connection: Connection) -> dict[TileKey, bytes]:
    """The tiles that the events have, computed in one step."""
    leaves: list[bytes] = []
    while page := tree_store.leaves(connection, DEFAULT, "events", len(leaves), 5_000):
        leaves += page
    return grown(0, {}, leaves)


def published(url: str, folder: Path, connection: Connection) -> None:
    """Publishes the newest checkpoint of DEFAULT to a folder."""
    assert Publisher(url, DEFAULT, folder, None, folder).publish(connection)


def all_checkpoints(connection: Connection) -> Iterator[StoredCheckpoint]:
    """The checkpoints of the events of DEFAULT, the smallest first."""
    page = checkpoints_after(connection, DEFAULT, "events", 0)
    while page:
        yield from page
        page = checkpoints_after(connection, DEFAULT, "events", page[-1].size)
