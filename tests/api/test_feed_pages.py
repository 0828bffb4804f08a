"""Pages of the feed: bounded in bytes, made while their reader takes them, and no further once they have left."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from starlette.datastructures import Headers

from api.http import feed_page, streamed_answer
from api.http.feed_page import FeedPageInParts
from api.http.streamed_answer import REST_SECONDS, Pieces, Unread
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent
from tests.support.noted_tickets import NOTE, noted
from tests.support.serving import BEFORE, Served


def test_a_page_is_bounded_in_bytes_and_says_where_the_next_begins(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_page, "LARGEST_PAGE_BYTES", 15_000)
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


def test_a_reader_beyond_the_end_is_told_that_the_log_ends_before(desk: Served) -> None:
    desk.receive()
    end = desk.get("/v1/events").json()["head"]
    assert desk.get(f"/v1/events?after={end}").json()["events"] == []
    for address in (f"/v1/events?after={end + 1}", f"/v1/events/stream?after={end + 1}"):
        gone = desk.get(address)
        assert (gone.status_code, gone.json()["type"]) == (410, "urn:ticketledger:beyond_the_end")
        assert (gone.json()["head"], "`rebuild`" in gone.json()["detail"]) == (end, True)
    assert desk.get("/v1/events/stream", headers={"Last-Event-ID": str(end + 1)}).status_code == 410


def test_an_event_larger_than_a_page_has_a_page_of_its_own(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_page, "LARGEST_PAGE_BYTES", 1)
    noted(desk, 2)
    page = desk.get(f"/v1/events?after={BEFORE + 1}").json()
    assert [event["position"] for event in page["events"]] == [BEFORE + 2]


def test_a_page_in_many_pieces_is_the_same_page(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(desk, 5)
    whole = desk.get("/v1/events")
    monkeypatch.setattr(feed_page, "PIECE_BYTES", 1)
    monkeypatch.setattr(streamed_answer, "_SMALL", 0)
    assert desk.get("/v1/events").content == whole.content
    assert int(whole.headers["content-length"]) == len(whole.content)
    assert desk.container.unread.size == 0


@pytest.mark.parametrize(
    ("first", "part", "size"),
    [(3, 3, feed_page.PART_BYTES), (1, 4, feed_page.PART_BYTES), (100, 100, 8_000), (100, 100, 1)],
)
def test_a_page_in_parts_is_the_same_page(
    desk: Served, monkeypatch: pytest.MonkeyPatch, first: int, part: int, size: int
) -> None:
    noted(desk, 5)
    addresses = [f"/v1/events?after={after}&limit={limit}" for after in (0, 2) for limit in (3, 4, 7, 1000)]
    whole = [desk.get(address).json() for address in addresses]
    monkeypatch.setattr(feed_page, "FIRST_PART_EVENTS", first)
    monkeypatch.setattr(feed_page, "PART_EVENTS", part)
    monkeypatch.setattr(feed_page, "PART_BYTES", size)
    assert [desk.get(address).json() for address in addresses] == whole
    assert [len(page["events"]) for page in whole][:4] == [3, 4, 7, BEFORE + 6]


def test_a_page_ends_before_a_part_that_cannot_be_read(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(desk, 5)
    monkeypatch.setattr(feed_page, "FIRST_PART_EVENTS", 4)
    monkeypatch.setattr(feed_page, "PART_EVENTS", 4)
    opened = reader.opened_rows

    def unreadable(tenant: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        if any(position == 7 for position, *_ in rows):
            raise UnreadableEvent("event 7 cannot be read")
        return opened(tenant, rows)

    monkeypatch.setattr(reader, "opened_rows", unreadable)
    page = desk.get("/v1/events").json()
    assert ([event["position"] for event in page["events"]], page["next"]) == ([1, 2, 3, 4], 4)
    assert page["head"] == BEFORE + 6
    assert desk.get(f"/v1/events?after={page['next']}").status_code == 500


def test_nothing_is_read_for_a_reader_who_left_in_an_earlier_part(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(desk, 5)
    monkeypatch.setattr(feed_page, "FIRST_PART_EVENTS", 2)
    monkeypatch.setattr(feed_page, "PIECE_BYTES", 1)
    page = FeedPageInParts(desk.container.pool, "default", 0, 1000)
    assert page.most_held == feed_page.PART_BYTES  # a later part may have so many
    later, read = page._later_part, list[None]()

    def spied() -> Sequence[tuple[Any, ...]]:
        read.append(None)
        return later()

    monkeypatch.setattr(page, "_later_part", spied)

    async def leave_after(pieces: int) -> None:
        async for _ in page.pieces():
            pieces -= 1
            if not pieces:
                return

    anyio.run(leave_after, 3)
    assert len(read) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(("version", "length", "held"), [("1.0", "6", 6), ("1.1", None, 1_000_000)])
async def test_a_large_page_has_its_length_where_http_knows_no_chunks_and_is_held_as_a_whole(
    version: str, length: str | None, held: int
) -> None:
    sent: list[Any] = []
    unread, sizes = Unread(), set[int]()

    async def send(message: Any) -> None:
        sent.append(message)
        sizes.add(unread.size)

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    page = Pieces(pieces(), 1_000_000, unread, {})
    await page({"type": "http", "http_version": version}, receive, send)
    assert (sizes, unread.size) == ({held}, 0)
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

    async def pieces() -> AsyncIterator[bytes]:
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


@pytest.mark.parametrize(("took", "sleeps"), [(0.000_02, [0]), (0.001, [0, REST_SECONDS])])
def test_a_page_rests_between_pieces_while_others_have_work(
    monkeypatch: pytest.MonkeyPatch, took: float, sleeps: list[float]
) -> None:
    """A turn of the event loop that took long was that of others."""
    now, slept = [0.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += took

    loop = SimpleNamespace(time=lambda: now[0])
    monkeypatch.setattr(streamed_answer, "asyncio", SimpleNamespace(sleep=sleep, get_running_loop=lambda: loop))
    with suppress(StopIteration):
        streamed_answer._turn_of_others().send(None)
    assert slept == sleeps
