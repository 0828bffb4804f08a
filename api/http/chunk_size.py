"""The size of a chunk, which the parser reads and does not tell."""

import re

LONGEST_LINE = 64
"""How many bytes at the end are read. A longer line has an extension, and its chunk is bounded as a body is."""
_LAST_LINE = re.compile(rb"(?:\A|\n)([0-9A-Fa-f]+)(?:[;\t ][^\n]*)?\r\n\Z")


def chunk_size(received: bytes) -> int:
    """The size in the last line of what was received; 0 when it is not all there, or is longer."""
    line = _LAST_LINE.search(received, max(0, len(received) - LONGEST_LINE))
    return int(line[1], 16) if line else 0
