"""The path of a tile (C2SP tlog-tiles): the level, the index in groups of three digits, the width of a partial one."""

import re
from typing import NamedTuple

from domain.merkle.tiles import WIDTH

_PATH = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
HIGHEST_LEVEL = 63


class NamedTile(NamedTuple):
    """A tile and how many of its hashes are meant."""

    level: int
    index: int
    width: int


def tile_of(path: str) -> NamedTile | None:
    """The tile that a path names; None for another path. An index is written in one way only."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    groups = found[2].replace("x", "").split("/")
    level, width = int(found[1]), int(found[3] or WIDTH)
    if level > HIGHEST_LEVEL or width > WIDTH - 1 + (found[3] is None) or (len(groups) > 1 and groups[0] == "000"):
        return None
    return NamedTile(level, int("".join(groups)), width)


def tile_path(tile: NamedTile) -> str:
    """The path of a tile."""
    digits = str(tile.index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *first, last = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([str(tile.level), *(f"x{group}" for group in first), last])
    return path if tile.width == WIDTH else f"{path}.p/{tile.width}"
