"""A receiver in a process that is killed: it notes when it began, each request and each answer with its instant.

The listening socket is the parent's, so that requests wait while no receiver runs.
"""

import asyncio
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

SLOW = 0.01
"""Seconds between a request and its answer."""
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def run(listening: socket.socket, file: Path) -> None:
    asyncio.run(_answer(listening, file))


async def _answer(listening: socket.socket, file: Path) -> None:
    journal = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(what: str, key: str) -> None:
        os.write(journal, f"{what} {key}\n".encode())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            fields = dict(line.partition(": ")[::2] for line in head if ": " in line)
            await reader.readexactly(int(fields["content-length"]))
            note("got", fields["idempotency-key"])
            await asyncio.sleep(SLOW)
            writer.write(_ANSWER)
            await writer.drain()
            note("answered", f"{fields['idempotency-key']} {datetime.now(UTC).isoformat()}")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listening)
    note("began", datetime.now(UTC).isoformat())
    await server.serve_forever()
