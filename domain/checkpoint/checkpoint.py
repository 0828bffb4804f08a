"""The text of a checkpoint (C2SP tlog-checkpoint): which log, how many leaves, which root."""

import re
from typing import NamedTuple, Self
from uuid import UUID

from domain.checkpoint.encoding import decoded, encoded
from domain.checkpoint.note import NoteInvalid
from domain.merkle.hashing import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """``origin`` names the log; ``root`` is that of its first ``size`` leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def of(cls, text: str) -> Self:
        """The checkpoint of a note's text; further lines are left out. Raises NoteInvalid."""
        origin, size, root, *_ = [*text.split("\n"), "", ""]
        content = decoded(root)
        if not origin or not _SIZE.fullmatch(size) or len(content) != HASH_SIZE:
            raise NoteInvalid("the text is no checkpoint: an origin, a size and a root of 32 bytes in base64")
        return cls(origin, int(size), content)


def origin_of(database: UUID, tenant: str, log: str) -> str:
    """The origin of a tenant's log. ``database`` is drawn at random, so that two installations share no origin."""
    return f"ticketledger/{database}/{tenant}/{log}"
