"""The path of a tile (C2SP tlog-tiles): the level, the index in groups of three digits, the width of a partial one."""

import re
from typing import NamedTuple

from domain.merkle.tiles import WIDTH

_PATH = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
HIGHEST_LEVEL = 63


class NamedTile(NamedTuple):
    """A tile and how many of its hashes are meant."""

    level: int
    tile: int
    width: int


def tile_of(path: str) -> NamedTile | None:
    """The tile that a path names; None for another path. An index is written in one way only."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    groups = match[2].replace("x", "").split("/")
    level, width = int(match[1]), int(match[3] or WIDTH)
    if level > HIGHEST_LEVEL or width > WIDTH - 1 + (match[3] is None) or (len(groups) > 1 and groups[0] == "000"):
        return None
    return NamedTile(level, int("".join(groups)), width)
