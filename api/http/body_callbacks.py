"""Reading the body of a request whose head is known: the callbacks of its parser, and the headers that frame it."""

from collections.abc import Iterable
from typing import Protocol

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class BodyReader(Protocol):
    """The callbacks that concern the body of a request."""

    def on_chunk_header(self) -> None:
        """A chunk begins."""

    def on_chunk_complete(self) -> None:
        """A chunk has ended."""

    def on_body(self, body: bytes) -> None:
        """A part of the body."""

    def on_message_complete(self) -> None:
        """The body has ended."""


class BodyCallbacks:
    """What a parser calls that reads nothing but a body. A parser calls whatever callbacks an object has."""

    def __init__(self, reader: BodyReader) -> None:
        self.on_chunk_header = reader.on_chunk_header
        self.on_chunk_complete = reader.on_chunk_complete
        self.on_body = reader.on_body
        self.on_message_complete = reader.on_message_complete


def framing(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The headers that say how long the body of a request is; empty when it has none."""
    return b"".join(b"%b: %b\r\n" % header for header in headers if header[0] in _FRAMING)
