"""Many readers of the feed: one reads the log for all, whoever reads nothing is cut off, and memory stays bounded."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.http import broadcast, feed_chunks
from api.http import feed_tail as tail
from api.http.feed_chunks import Chunk, FeedSource
from api.http.feed_tail import Tail
from api.http.routes import feed
from api.http_limits import HttpLimits
from api.workers.position_waiter import PositionWaiter
from tests.support.examples import examples
from tests.support.noted_tickets import noted
from tests.support.raw_http import HEAD, connected, is_closed
from tests.support.serving import BEFORE, RECEIPT, Served, listening, make_key, running


async def follow(address: str, key: str, events: int) -> list[int]:
    """The positions of the next events of a stream, behind the customer's registration."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 20)
    writer.write(b"GET /v1/events/stream?after=%d HTTP/1.1\r\n" % BEFORE + HEAD)
    writer.write(f"Authorization: Bearer {key}\r\n\r\n".encode())
    positions: list[int] = []
    while len(positions) < events:
        line = await reader.readline()
        assert line, "the stream has ended"
        if line.startswith(b"id: "):
            positions.append(int(line[4:]))
    writer.close()
    return positions


def test_every_reader_sees_every_event_and_the_log_is_read_once_for_all(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of readers that are as many as may follow, all read all of it, though the pool has eight connections."""
    events, readers = 30, feed.MOST_STREAMS
    read: list[int] = []
    plain = FeedSource._chunk

    def counting(source: FeedSource, tenant: str, after: int) -> Chunk | None:
        read.append(after)
        return plain(source, tenant, after)

    monkeypatch.setattr(FeedSource, "_chunk", counting)
    key = make_key(database_url)

    async def all_of_them(address: str) -> list[list[int]]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(follow(address, key, events) for _ in range(readers)))

    with (
        running(database_url) as (address, container),
        httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {key}"}) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        seen = pool.submit(asyncio.run, all_of_them(address))
        while len(container.streams) < readers and not seen.done():
            client.get("/healthz")
        assert client.get("/v1/events/stream").status_code == 429, "one more than may follow"
        for _ in range(events):
            assert client.post("/v1/tickets", json=RECEIPT).status_code == 201
        assert seen.result() == [list(range(BEFORE + 1, BEFORE + events + 1))] * readers
    assert len(read) <= 2 * events


def test_a_reader_who_takes_nothing_is_cut_off_and_makes_room(database_url: str) -> None:
    """Also when other requests wait behind the stream on its connection."""
    key = make_key(database_url)
    bearer = f"Authorization: Bearer {key}\r\n".encode()
    stream = b"GET /v1/events/stream HTTP/1.1\r\n" + HEAD + bearer + b"\r\n"
    health = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
    limits = HttpLimits(write=0.3)
    with (
        running(database_url, http=limits) as (address, container),
        httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {key}"}) as client,
    ):
        ticket = client.post("/v1/tickets", json=RECEIPT).headers["location"]
        for _ in range(100):
            assert client.post(f"{ticket}/add-note", json={"body": "x" * 20_000}).status_code == 200
        for behind in (b"", health):
            with connected(address, receive_buffer=1024) as reader:
                reader.sendall(stream + behind)
                assert is_closed(reader)
        with connected(address) as leaving:
            leaving.sendall(stream + health)
            assert leaving.recv(1024)
        while container.streams:
            assert client.get("/healthz").status_code == 200


def test_pages_of_the_past_and_the_newest_events_join_without_a_gap(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_chunks, "CHUNK_EVENTS", 3)
    monkeypatch.setattr(tail, "KEPT_BYTES", 1)
    key = make_key(database_url)
    with (
        listening(database_url) as address,
        httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {key}"}) as client,
        ThreadPoolExecutor(3) as pool,
    ):
        for _ in range(10):
            client.post("/v1/tickets", json=RECEIPT)
        readers = [pool.submit(asyncio.run, follow(address, key, 20)) for _ in range(3)]
        for _ in range(10):
            client.post("/v1/tickets", json=RECEIPT)
        assert [reader.result() for reader in readers] == [list(range(BEFORE + 1, BEFORE + 21))] * 3


class Log:
    """A log in memory, in the place of the source of a feed and of the waiter for its positions."""

    def __init__(self) -> None:
        self.head_position = 0
        self._moved = asyncio.Event()

    def append(self, events: int) -> None:
        self.head_position += events
        self._moved.set()
        self._moved = asyncio.Event()

    async def include(self, position: int, _names: Sequence[str], _seconds: float) -> bool:
        while self.head_position < position:
            await self._moved.wait()
        return True

    async def head(self, _tenant: str) -> int:
        return self.head_position

    async def after(self, _tenant: str, position: int) -> Chunk | None:
        await asyncio.sleep(0)
        last = min(position + 3, self.head_position)
        texts = [b"%d " % number for number in range(position + 1, last + 1)]
        return Chunk(position + 1, texts) if texts else None


def tail_of(log: Log) -> Tail:
    return Tail("default", cast("FeedSource", log), lambda: cast("PositionWaiter", log))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), min_size=1, max_size=8), st.lists(st.integers(0, 9)))
@settings(max_examples=examples(50))
def test_readers_who_come_at_any_time_and_lag_see_each_event_once_in_order(
    steps: list[tuple[int, int]], lags: list[int]
) -> None:
    """Each step some events are recorded; readers rest so many turns before they take the next chunk."""
    total = sum(events for events, _ in steps)

    async def run() -> list[bytes]:
        log = Log()
        followed = tail_of(log)

        async def read(lag: int) -> bytes:
            received, after = b"", 0
            with followed.followed():
                while after < total:
                    page = await followed.after(after, 60)
                    assert page is not None
                    received += page[0]
                    after = page[1]
                    for _ in range(lag):
                        await asyncio.sleep(0)
            return received

        readers = [asyncio.create_task(read(lag)) for lag in [0, *lags]]
        for events, rests in steps:
            log.append(events)
            for _ in range(rests):
                await asyncio.sleep(0)
        return await asyncio.gather(*readers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail, "KEPT_BYTES", 10)
        patch.setattr(Tail, "shortest_rest", 0.0)
        patch.setattr(broadcast, "SHARE_OF_TIME", 1.0)
        seen = asyncio.run(run())
    assert seen == [b"".join(b"%d " % number for number in range(1, total + 1))] * (1 + len(lags))


def test_the_feed_document_tells_events_apart_by_their_topic(desk: Served) -> None:
    document = desk.get("/openapi.json").json()
    event = document["components"]["schemas"]["FeedPage"]["properties"]["events"]["items"]
    assert event["discriminator"]["propertyName"] == "topic"
    noted(desk, 1)
    for topic in (event["topic"] for event in desk.get("/v1/events").json()["events"]):
        assert topic in event["discriminator"]["mapping"]
    assert '"default": null' not in json.dumps(document["components"]["schemas"])


class LogWithAnErasure(Log):
    """A word of a person at position 1, and the end of that person's erasure at 2. ``read`` are the positions read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []

    async def head(self, _tenant: str) -> int:
        return 0  # the first reader comes before the first event

    async def after(self, _tenant: str, position: int) -> Chunk | None:
        self.read.append(position)
        texts = [b"a word of the person", b'data: {"topic":"erasure.certified"}']
        return Chunk(position + 1, texts[position : position + 1]) if position < self.head_position else None


def test_an_erasure_empties_what_the_tail_holds_of_earlier_events() -> None:
    async def run() -> list[int]:
        log = LogWithAnErasure()
        tail = tail_of(log)
        with tail.followed():
            for position in (0, 1):
                news = asyncio.create_task(tail.after(position, 60))
                log.append(1)
                await news
                await tail.after(position, 60)
            await tail.after(0, 60)
        return log.read

    assert asyncio.run(run()) == [0, 1, 0], "the second answer at a position is that in memory"
