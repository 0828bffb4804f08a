"""The sending side of a connection: answers are gathered, queues are bounded, and a refusal arrives."""

import asyncio
import socket
import struct
from typing import Protocol

MOST_GATHERED = 64 * 1024
"""The most bytes of an answer that are gathered before they are sent."""
MOST_QUEUED = 128 * 1024
"""The bytes of answers that the kernel may hold before it can send them."""
_DROP = struct.pack("ii", 1, 0)


class WireOwner(Protocol):
    """The protocol of a connection as this module uses it. ``receiving``: a request has begun and is not complete.

    ``unparsed`` was received already.
    """

    loop: asyncio.AbstractEventLoop
    receiving: bool
    unparsed: memoryview

    def linger(self) -> None:
        """Discards what the peer still sends, for a bounded time."""


class Wire:
    """A transport that sends head and body of an answer in one system call, and closes without losing the answer.

    When a socket with unread bytes is closed, the kernel drops the answer on its way. So ``close`` closes the sending
    side, and discards what the peer still sends until it closes too, or for a bounded time and size.
    """

    def __init__(self, transport: asyncio.Transport, protocol: WireOwner) -> None:
        self._transport = transport
        self._protocol = protocol
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self.lingering = False
        self.get_extra_info = transport.get_extra_info
        self._bound_unsent()

    def _bound_unsent(self) -> None:
        """Lets the kernel queue at most MOST_QUEUED bytes that it cannot send yet; else it takes megabytes."""
        connection = self.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_QUEUED)

    def unsent(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return self._gathered_bytes + self._transport.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """Sends the data at the end of this step of the event loop, unless the connection is closed."""
        if not self._gathered:
            self._protocol.loop.call_soon(self._send)
        self._gathered.append(data)
        self._gathered_bytes += len(data)
        if self._gathered_bytes > MOST_GATHERED:
            self._send()

    def _send(self) -> None:
        if self._gathered and not self._transport.is_closing():
            self._transport.write(b"".join(self._gathered))
        self._gathered.clear()
        self._gathered_bytes = 0

    def pause_reading(self) -> None:
        """Takes nothing more from the peer until ``resume_reading``."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Reads again, unless the connection is closed or what it received is not parsed yet."""
        if not self._transport.is_closing() and not self._protocol.unparsed:
            self._transport.resume_reading()

    def abort(self) -> None:
        """Closes at once; the kernel drops unsent bytes too, and does not keep them for a peer that reads nothing."""
        connection = self._transport.get_extra_info("socket")
        if connection is not None and not self._transport.is_closing():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self.lingering or self._transport.is_closing()

    def close(self) -> None:
        """Closes the connection, after a while if the peer is still sending."""
        if self.is_closing():
            return
        self._send()
        if self._protocol.receiving:
            self.lingering = True
            self._transport.write_eof()
            self._protocol.linger()
        else:
            self._transport.close()
