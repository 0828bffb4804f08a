"""How fast the sender hands over to a receiver on this computer."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg

from api.channels.configuration import VARIABLE
from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.processes import port_of, workers
from benchmarks.rounds import percentile
from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log import reader
from domain.event_log.append import Batch, append
from domain.ids import new_id
from domain.messages import Event
from domain.notification.events import NotificationHandedOver, NotificationRequested
from domain.notification.state import notification_stream
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TENANT = "default"
AT_ONCE = 1_000
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_DATA = {"customer_name": "Lan", "ticket_reference": "T-1", "ticket_subject": "Máy in", "tenant": "An Phát"}


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Webhooks that all wait when the sender starts."""
    count = 500 if quick else 10_000
    migrate(dsn, TENANT)
    _request(dsn, count)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    with TemporaryDirectory() as folder, port_of(_receive) as port:
        _configure(Path(folder) / "channels.toml", port)
        with workers(dsn, TENANT):
            instants = _instants(dsn, count)
    first, last = instants[0], instants[-1]
    rate = (len(instants) - 1) / (last - first).total_seconds()
    gaps = [(after - before).total_seconds() * 1_000 for before, after in pairwise(instants)]
    note = f"{count:,} webhooks to a receiver on this computer, one sender"
    return [
        Figure("hand-overs", rate, "/s", "asked for", 500, 1, note=note),
        Figure("between two hand-overs, p99", percentile(gaps, 0.99), "ms", "a tenth of a second", 100, note=note),
    ]


def _request(dsn: str, count: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for start in range(0, count, AT_ONCE):
            streams = [
                notification_stream(f"benchmark {number}") for number in range(start, min(start + AT_ONCE, count))
            ]
            batch = Batch(dict.fromkeys(streams, 0), [str(stream) for stream in streams])
            for stream in streams:
                batch.add_decided(str(stream), "requested", stream, 1, [_requested(stream)])
            assert append(connection, TENANT, batch).recorded


def _requested(stream: UUID) -> NewEvent:
    payload: Event = NotificationRequested(
        to_kind="endpoint",
        to="here",
        channel="webhook",
        purpose="service",
        template="received",
        template_version=0,
        data=_DATA,
        dedupe_key=str(stream),
    )
    envelope = Envelope(
        event_id=str(new_id()),
        schema_version=payload.schema_version,
        occurred_at=datetime.now(UTC),
        actor=Actor(id="an", kind="agent"),
        command_id=str(stream),
    )
    return NewEvent(stream, 1, envelope, payload)


def _configure(file: Path, port: int) -> None:
    secret = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
    file.touch(mode=0o600)
    file.write_text(
        f'[webhook.here]\nurl = "http://127.0.0.1:{port}/"\nsecrets = ["{secret}"]\nallow = ["127.0.0.0/8"]\n',
        encoding="utf-8",
    )
    os.environ[VARIABLE] = str(file)


def _receive(pipe: Pipe) -> None:
    import asyncio  # noqa: PLC0415 -- of the receiver's process alone

    async def answer(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await incoming.readuntil(b"\r\n\r\n")
                length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
                await incoming.readexactly(int(length.partition(b": ")[2]))
                outgoing.write(_ANSWER)
                if b"\r\nConnection: close" in head:
                    break
        outgoing.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1_000)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _instants(dsn: str, count: int) -> Sequence[datetime]:
    """When each hand-over was recorded, once all of them are."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while reader.head(connection, TENANT) < 3 * count:
            time.sleep(0.1)
        events = reader.page(connection, TENANT, count, 2 * count)
    handed_over = [event.recorded_at for event in events if isinstance(event.payload, NotificationHandedOver)]
    assert len(handed_over) == count
    return sorted(handed_over)
