"""Tiles of C2SP tlog-tiles: up to 256 hashes of every eighth level of a tree, which only grow at their ends."""

from collections.abc import Callable, Iterable, Mapping

from domain.merkle.hashing import HASH_SIZE, fold

HEIGHT = 8
"""Levels of the tree in a tile."""
WIDTH = 1 << HEIGHT
"""Hashes of a full tile."""

TileKey = tuple[int, int]
"""The level of a tile and its index in that level."""


def tile_width(size: int, level: int, index: int) -> int:
    """How many hashes a tile has in a tree of this size; 0 where there is no such tile."""
    return min(max((size >> HEIGHT * level) - index * WIDTH, 0), WIDTH)


def edge(size: int) -> list[TileKey]:
    """The partial tiles of a tree of this size: those that grow with it."""
    return [
        (level, (size >> HEIGHT * level) // WIDTH)
        for level in range(size.bit_length() // HEIGHT + 1)
        if (size >> HEIGHT * level) % WIDTH
    ]


def grown(size: int, partial: Mapping[TileKey, bytes], leaves: Iterable[bytes]) -> dict[TileKey, bytes]:
    """The tiles that change when leaves are appended to a tree of this size, whole.

    ``partial`` holds the tiles of ``edge(size)``. Raises ValueError when one is missing or has another width.
    """
    changed: dict[TileKey, bytes] = {}
    hashes, level = list(leaves), 0
    while hashes:
        count = size >> HEIGHT * level
        index, width = divmod(count, WIDTH)
        before = partial.get((level, index), b"") if width else b""
        if len(before) != width * HASH_SIZE:
            raise ValueError(f"the tile {level}/{index} has {len(before)} bytes instead of {width} hashes")
        joined = before + b"".join(hashes)
        above = []
        for start in range(0, len(joined), WIDTH * HASH_SIZE):
            tile = joined[start : start + WIDTH * HASH_SIZE]
            changed[level, index] = tile
            if len(tile) == WIDTH * HASH_SIZE:
                above.append(fold(split(tile)))
            index += 1
        hashes, level = above, level + 1
    return changed


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]


class TileNodes:
    """The nodes of a tree that is stored in tiles; a NodeAt. ``read`` gives the bytes of a tile, and is asked once."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._tiles: dict[TileKey, bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of a complete node. Raises KeyError when the tiles do not hold it."""
        tile_level, rest = divmod(level, HEIGHT)
        tile_index, offset = divmod(index << rest, WIDTH)
        key = tile_level, tile_index
        if key not in self._tiles:
            self._tiles[key] = self._read(*key)
        hashes = self._tiles[key][offset * HASH_SIZE : (offset + (1 << rest)) * HASH_SIZE]
        if len(hashes) != HASH_SIZE << rest:
            raise KeyError(f"the tile {tile_level}/{tile_index} is too short for the node {level}/{index}")
        return fold(split(hashes))
