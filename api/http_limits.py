"""What one connection, and all of them together, may take of the server before a request is answered."""

import resource
from dataclasses import dataclass

KEPT_FOR_OTHERS = 256
"""File descriptors that connections from outside never take: those to the database, files and the listening socket."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Sizes in bytes, times in seconds.

    ``head_bytes`` bounds all of a request that is not its body: request line, headers, the framing of chunks, trailers.
    ``cookie_bytes`` bounds all cookies of a request, of any program. ``chunk_bytes`` is more than any body may have: a
    chunk that says that it is larger is refused at once.
    ``first_byte`` is for a new connection, ``between_bytes`` inside a request, ``head`` and ``body`` for the whole of
    them, ``keep_alive`` between two requests, ``half_closed`` for the answer to a peer that sends nothing more.
    ``stopping`` is what requests under way have left when the server stops.
    ``write``: an answer is aborted when its reader takes less than LEAST_TAKEN bytes of it in that time. ``linger`` is
    how long, and ``linger_bytes`` how much, of a refused request is still read so that the refusal arrives; all refused
    requests together may take ``linger_bytes`` a second. ``unsent_bytes`` bounds what all answers together hold for
    slow readers. ``connections`` None: as many as the process may open files, less KEPT_FOR_OTHERS.
    """

    request_line_bytes: int = 16 * 1024
    parameters: int = 200
    head_bytes: int = 64 * 1024
    headers: int = 100
    cookie_bytes: int = 8 * 1024
    chunk_bytes: int = 1024 * 1024
    pipelined: int = 100
    first_byte: float = 10.0
    between_bytes: float = 10.0
    head: float = 15.0
    body: float = 30.0
    keep_alive: float = 5.0
    half_closed: float = 2.0
    write: float = 20.0
    stopping: float = 5.0
    linger: float = 2.0
    linger_bytes: int = 16 * 1024 * 1024
    unsent_bytes: int = 128 * 1024 * 1024
    connections: int | None = None

    @property
    def most_connections(self) -> int:
        """How many connections may be open at once."""
        if self.connections is not None:
            return self.connections
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files == resource.RLIM_INFINITY:
            return 100_000
        return max(files - KEPT_FOR_OTHERS, files // 2)

    @property
    def piece(self) -> int:
        """Received bytes are parsed in pieces of this size: what is counted after each cannot run away.

        A piece of the shortest chunks takes a third of a millisecond, for which others wait.
        """
        return max(1, min(2048, self.head_bytes // 4))

    @property
    def sweep(self) -> float:
        """How often deadlines are looked at: a quarter of the shortest, at most every second."""
        waits = (self.first_byte, self.between_bytes, self.head, self.body, self.keep_alive, self.half_closed)
        return min(1.0, *(seconds / 4 for seconds in (*waits, self.write, self.linger)))
