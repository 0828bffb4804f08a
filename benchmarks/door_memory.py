"""What the server's processes hold in memory while everything that is known to grow it happens at once."""

import asyncio
import json
import time
from contextlib import suppress
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from threading import Thread

from benchmarks.crowd import SPAWN
from benchmarks.figure import Figure
from benchmarks.over_http import BODY, Running
from benchmarks.rounds import say
from benchmarks.strangers import HEAD, HOSTILE, Turn, get, stranger, what_if

ATTACK_SECONDS, AFTER_SECONDS = 30.0, 60.0
KEPT = 64.0
"""MiB. What a process may keep of the memory that it had (`api/free_memory.py`)."""
NOTES = 1_000
NOTE = json.dumps({"body": "\U0001f600" * 14_000}, ensure_ascii=False).encode()
"""As long as a body may be."""
MOST = 1024.0
HELD_SECONDS = 15.0


UNREAD = {
    get("/v1/events?limit=1000") * 20: 24,
    get("/v1/events/stream?after=0"): 100,
    get("/v1/tickets?after=4000000000&wait=30"): 200,
    get("/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"): 16,
    get("/openapi.json") * 100: 20,
    what_if(12): 4,
    what_if(700): 4,
    b"": 200,
}
"""What is sent by how many connections at once, none of which reads."""


def under_attack(server: Running) -> list[Figure]:
    """The most memory of the server's processes under all attacks, and what they hold a minute after."""
    _fill(server.port)
    before = _pss(server.pid)
    attack = SPAWN.Process(target=_attack, args=(server.port,))
    attack.start()
    most, end = before, time.monotonic() + ATTACK_SECONDS
    while time.monotonic() < end:
        time.sleep(0.2)
        most = max(most, _pss(server.pid))
    attack.terminate()
    attack.join()
    ended, after = time.monotonic(), most
    while after > before + KEPT and time.monotonic() < ended + AFTER_SECONDS:
        time.sleep(2.0)
        after = _pss(server.pid)
    what, took = "memory of the server under all attacks", time.monotonic() - ended
    say(f"  {before:,.0f} MiB before, {most:,.0f} at most, {after:,.0f} after {took:.0f} s")
    return [
        Figure(what, most, "MiB", "asked for", MOST, 1.0, at_most=True),
        Figure(
            f"{what}, {took:.0f} s after", after, "MiB", "before and what it keeps", before + KEPT, 1.0, at_most=True
        ),
    ]


def _fill(port: int) -> None:
    """A ticket with long notes."""
    connection = HTTPConnection("127.0.0.1", port)

    def post(path: str, body: bytes) -> dict[str, str]:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer: dict[str, str] = json.loads(connection.getresponse().read())
        return answer

    ticket = post("/v1/tickets", BODY)["id"]
    for _ in range(NOTES):
        post(f"/v1/tickets/{ticket}/add-note", NOTE)


def _attack(port: int) -> None:
    turns = [Turn(time.perf_counter() + ATTACK_SECONDS, port)]
    Thread(target=stranger, args=(turns, (*HOSTILE, "slow")), daemon=True).start()
    asyncio.run(_unread(port))


async def _unread(port: int) -> None:
    await asyncio.gather(*(_again(port, sent) for sent, count in UNREAD.items() for _ in range(count)), _drip(port))


async def _again(port: int, sent: bytes) -> None:
    """Sends it and reads nothing, again on a new connection after HELD_SECONDS."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.write(sent)
            await asyncio.sleep(HELD_SECONDS)
            writer.transport.abort()
        await asyncio.sleep(0.1)


async def _drip(port: int) -> None:
    """A head that comes byte after byte."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            for byte in cycle(b"GET /healthz HTTP/1.1\r\n" + HEAD + b"X-A: "):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)


def _pss(pid: int) -> float:
    """MiB of a process and its children: memory that processes share is divided among them."""
    total = 0.0
    waiting = [pid]
    while waiting:
        process = waiting.pop()
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
    return total
