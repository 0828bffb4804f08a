"""A mail server on this computer that answers each step as a test tells it, and notes what it got."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class MailServer:
    """``says`` are the answers that differ from 250, by the word of the step; an empty one ends the connection."""

    says: dict[str, str] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        in_text = False
        try:
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                self.got.append(line)
                word = "." if in_text and line == "." else line.partition(" ")[0].upper()
                if in_text and word != ".":
                    continue
                reply = self.says.get(word, "354 go on" if word == "DATA" else "250 taken")
                in_text = reply.startswith("354")
                if not reply:
                    return
                writer.write(f"{reply}\r\n".encode())
                if in_text:
                    await self._text(reader)
                    reply = self.says.get(".", "250 taken")
                    in_text = False
                    if not reply:
                        return
                    writer.write(f"{reply}\r\n".encode())
        finally:
            writer.close()

    async def _text(self, reader: asyncio.StreamReader) -> None:
        while (line := (await reader.readline()).decode().rstrip("\r\n")) != ".":
            self.got.append(line)


@asynccontextmanager
async def mail_server(**says: str) -> AsyncIterator[MailServer]:
    made = MailServer({"." if word == "END" else word: answer for word, answer in says.items()})
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
