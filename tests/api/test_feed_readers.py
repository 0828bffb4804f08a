"""Many readers of the feed: one reads the log for all, whoever reads nothing is cut off, and memory stays bounded."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from api.http import broadcast, feed_chunks, streamed_answer
from api.http import feed_tail as tail
from api.http.feed_chunks import Chunk, FeedSource
from api.http.feed_tail import Tail
from api.http.routes import feed
from api.http.streamed_answer import Pieces, Unread
from api.http_limits import HttpLimits
from api.workers.position_waiter import PositionWaiter
from tests.support.examples import examples
from tests.support.raw_http import HEAD, connected, is_closed
from tests.support.serving import BEFORE, RECEIPT, Served, listening, make_key, running

NOTE = "x" * 6_000


def noted(desk: Served, notes: int) -> None:
    """A ticket with notes of 6,000 bytes."""
    ticket = desk.receive()
    for _ in range(notes):
        assert desk.post(f"{ticket}/add-note", {"body": NOTE}).status_code == 200


def test_a_page_is_bounded_in_bytes_and_says_where_the_next_begins(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LARGEST_PAGE_BYTES", 15_000)
    noted(desk, 8)
    sizes, after, positions = [], 0, []
    while True:
        answer = desk.get(f"/v1/events?limit=1000&after={after}")
        page = answer.json()
        if not page["events"]:
            break
        sizes.append(len(answer.content))
        positions += [event["position"] for event in page["events"]]
        assert page["next"] == positions[-1]
        after = page["next"]
    assert positions == list(range(1, BEFORE + 10))
    assert 3 <= len(sizes) <= 5
    assert max(sizes) < 15_000 + 2 * len(NOTE)


def test_an_event_larger_than_a_page_has_a_page_of_its_own(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LARGEST_PAGE_BYTES", 1)
    noted(desk, 2)
    page = desk.get(f"/v1/events?after={BEFORE + 1}").json()
    assert [event["position"] for event in page["events"]] == [BEFORE + 2]


def test_a_page_in_many_pieces_is_the_same_page(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(desk, 5)
    whole = desk.get("/v1/events")
    monkeypatch.setattr(feed, "PIECE_BYTES", 1)
    monkeypatch.setattr(streamed_answer, "_SMALL", 0)
    assert desk.get("/v1/events").content == whole.content
    assert int(whole.headers["content-length"]) == len(whole.content)
    assert desk.container.unread.size == 0


@pytest.mark.anyio
@pytest.mark.parametrize(("version", "length"), [("1.0", "6"), ("1.1", None)])
async def test_a_large_page_has_its_length_where_http_knows_no_chunks(version: str, length: str | None) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    page = Pieces([b"one", b"two"], 1_000_000, Unread(), {})
    await page({"type": "http", "http_version": version}, receive, send)
    assert Headers(raw=sent[0]["headers"]).get("content-length") == length
    assert b"".join(message["body"] for message in sent[1:]) == b"onetwo"


def test_when_too_much_is_unread_the_next_page_is_too_much(desk: Served) -> None:
    desk.receive()
    desk.container.unread.most = 100
    answer = desk.get("/v1/events")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert desk.get(f"/v1/events?after={BEFORE + 1}").status_code == 200
    assert desk.container.unread.size == 0


@pytest.mark.anyio
@pytest.mark.parametrize(("leaves_by", "made"), [("disconnecting", 2), ("resetting", 1)])
async def test_no_more_pieces_are_made_for_a_reader_who_has_left(leaves_by: str, made: int) -> None:
    unread, left = Unread(), asyncio.Event()
    numbers: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(10):
            numbers.append(number)
            yield b"piece"

    async def receive() -> dict[str, str]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            assert unread.size == 1_000_000
            if leaves_by == "resetting":
                raise ConnectionResetError
            left.set()

    with suppress(ConnectionResetError):
        await Pieces(pieces(), 1_000_000, unread, {})({"type": "http"}, receive, send)
    assert len(numbers) <= made
    assert unread.size == 0


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
