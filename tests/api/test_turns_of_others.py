"""What one request takes of the event loop at once is bounded, and others have their turn meanwhile."""

import asyncio
import re
import socket
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Match
from starlette.types import Message

from api.http import protocol, request_body, routes_by_beginning
from api.http.middleware import MOST_IN_PIECES, PIECE_BYTES, Front
from api.http.problems import Problem
from api.http.protocol import LimitedProtocol
from api.http.wire import Wire
from api.http_limits import HttpLimits
from api.serving.app import create_app
from api.settings import Settings
from domain.routing.definition import MOST_RULES
from projections.what_if.judging import how_many_tickets
from tests.support.definitions_over_http import put
from tests.support.raw_http import HEAD, TIME_LIMIT, connected, statuses, told
from tests.support.serving import BEFORE, Served, listening

NOWHERE = "host=/nonexistent dbname=none"
SMALL = HttpLimits(head_bytes=4096, parameters=5)
LAST = b"HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\nConnection: close\r\n"
CHUNKED = LAST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    with listening(NOWHERE, keyless="default", http=SMALL) as address:
        yield address


def test_what_is_received_at_once_is_parsed_in_several_turns(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    feed = LimitedProtocol._feed

    def spied(self: LimitedProtocol, data: bytes) -> bool:
        turns.append("piece")
        self.loop.call_soon(turns.append, "others")
        return feed(self, data)

    monkeypatch.setattr(LimitedProtocol, "_feed", spied)
    body = b"1\r\n \r\n" * 600
    assert statuses(told(small, b"POST /v1/tickets " + CHUNKED + body + b"0\r\n\r\n")) == [422]
    assert turns.count("piece") >= 4
    assert ["piece", "piece"] not in [turns[number : number + 2] for number in range(len(turns))]


@pytest.mark.usefixtures("small")
def test_a_thread_that_reads_gives_the_interpreter_up_within_half_a_millisecond() -> None:
    assert sys.getswitchinterval() == pytest.approx(0.0005)


def test_a_body_in_many_turns_is_whole_and_the_next_request_follows(small: str) -> None:
    body = b'{"nobody"' + b" " * 50_000 + b": 1}"
    head = b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
    last = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"
    received = told(small, head + b"Content-Length: %d\r\n\r\n" % len(body) + body + last)
    assert (statuses(received), b"nobody" in received) == ([422, 200], True)


@pytest.mark.parametrize(("unparsed", "calls"), [(b"rest", 0), (b"", 1)])
def test_nothing_more_is_received_before_what_came_is_parsed(unparsed: bytes, calls: int) -> None:
    transport = Mock(**{"get_extra_info.return_value": None, "is_closing.return_value": False})
    wire = Wire(transport, Mock(unparsed=memoryview(unparsed)))
    wire.resume_reading()
    assert transport.resume_reading.call_count == calls, "a later piece would take the place of the rest"


def test_a_body_that_nobody_reads_is_not_received_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database takes connections and says nothing; readiness waits for it, and reads no body."""
    is_reading, feed_next = SimpleQueue[bool](), LimitedProtocol._feed_next

    def spied(self: LimitedProtocol) -> None:
        feed_next(self)
        if self.flow.read_paused and not self.unparsed:
            is_reading.put(self._wire._transport.is_reading())

    monkeypatch.setattr(LimitedProtocol, "_feed_next", spied)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dsn = f"host=127.0.0.1 port={silent.getsockname()[1]} sslmode=disable gssencmode=disable user=nobody"
        with listening(dsn, keyless="default") as address, connected(address) as client:
            client.sendall(b"GET /readyz HTTP/1.1\r\n" + HEAD + b"Content-Length: 900000\r\n\r\n" + bytes(200_000))
            assert not is_reading.get(timeout=TIME_LIMIT)
            silent.close()  # the desk ends when it no longer waits for the database


def test_a_request_that_is_answered_gets_no_second_answer(small: str) -> None:
    kept_open = CHUNKED.replace(b"Connection: close\r\n", b"")
    assert statuses(told(small, b"POST /x " + kept_open + b"0\r\nX: " + b"a" * 100_000)) == [404]


def test_requests_sent_without_waiting_are_answered_with_pauses(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert statuses(told(small, request * 4 + last)) == [200] * 5
    monkeypatch.setattr(protocol, "PIPELINE_PAUSE", 3600.0)
    with connected(small) as hasty:
        hasty.sendall(request * 2)
        received = hasty.recv(1 << 16)
        assert statuses(told(small, last)) == [200]
        hasty.setblocking(False)
        with pytest.raises(BlockingIOError):
            hasty.recv(1)
    assert statuses(received) == [200]


def test_an_address_has_a_bounded_number_of_parameters(small: str) -> None:
    for number, answer in ((5, 422), (6, 414)):
        sent = f"GET /healthz?{'&'.join(['a=1'] * number)} HTTP/1.1\r\nConnection: close\r\n".encode() + HEAD + b"\r\n"
        assert statuses(told(small, sent)) == [answer]


def members(number: int) -> dict[str, int]:
    return {f"field {each}": 1 for each in range(number)}


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [(300, 422, "it has 301 errors"), (1_500, 422, "it has 1501 errors"), (1_501, 413, "at most 1500 names")],
)
def test_a_body_with_too_many_errors_is_told_their_number(
    shared_desk: Served, number: int, status: int, says: str
) -> None:
    answer = shared_desk.post("/v1/customers", members(number))
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True)


def test_the_largest_routing_that_may_be_published_is_published_over_http(shared_desk: Served) -> None:
    rules = [{"name": f"rule {each}", "when": {"category": f"c{each}"}, "team": "first"} for each in range(MOST_RULES)]
    body = {"rules": rules, "default_team": "second"}
    answer = put(shared_desk, "/v1/definitions/routing/tenant", kind="routing", body=body)
    assert answer.status_code == 200, answer.text


def test_names_within_a_text_are_no_names_of_the_body(shared_desk: Served) -> None:
    text = '{"a" : 1, "b\\": 2}, ' * 1_000
    answer = shared_desk.post("/v1/customers", {"name": text})
    assert answer.status_code != 413


@pytest.mark.anyio
async def test_a_large_answer_takes_several_turns_and_is_whole() -> None:
    sent: list[bytes] = []
    body = bytes(range(256)) * 700

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            asyncio.get_running_loop().call_soon(sent.append, b"others")
            sent.append(message["body"])
            assert message.get("more_body", False) == (
                len(b"".join(each for each in sent if each != b"others")) < len(body)
            )

    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": []}
    receive: Any = None
    await Front(app, lambda *_: None)(scope, receive, send)
    await asyncio.sleep(0)
    pieces = [each for each in sent if each != b"others"]
    assert b"".join(pieces) == body
    assert [len(piece) for piece in pieces] == [PIECE_BYTES, PIECE_BYTES, len(body) - 2 * PIECE_BYTES]
    assert sent[1::2] == [b"others"] * 3


@pytest.mark.anyio
async def test_bodies_that_many_readers_leave_are_sent_whole_so_that_their_connections_count_them() -> None:
    body, gate, whole = bytes(MOST_IN_PIECES // 2), asyncio.Event(), list[bool]()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            whole.append(message["body"] == body)
            await gate.wait()

    front, receive = Front(app, lambda *_: None), cast("Any", None)

    async def read() -> None:
        await front({"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": []}, receive, send)

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.sleep(0)
    assert whole == [False, False, True]
    gate.set()
    await asyncio.gather(*readers)
    whole.clear()
    await read()
    assert True not in whole, "what is sent is not counted any more"


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(NOWHERE, keyless="default"))


def test_every_route_is_among_the_few_that_are_searched_for_its_address(app: FastAPI) -> None:
    routers: Any = app.router.middleware_stack
    assert isinstance(routers, routes_by_beginning.RoutesByBeginning)
    for context in iter_route_contexts(app.routes):
        path = re.sub(r"\{.*?\}", "x", context.path or "")
        few = routers._routers[routes_by_beginning._beginning(path)].routes
        assert len(few) <= 60
        for method in context.methods or {"GET"}:
            request = {"type": "http", "path": path, "root_path": "", "headers": [], "method": method}
            matching = [route for route in app.routes if route.matches(dict(request))[0] is not Match.NONE]
            assert matching == [route for route in few if route in matching]


def test_counting_tickets_ends_where_there_are_too_many(desk: Served) -> None:
    for _ in range(3):
        desk.receive()
    with desk.container.pool.connection() as connection:
        counts = [how_many_tickets(connection, "default", BEFORE + 10, most) for most in (None, 5, 2, 0)]
        since = [how_many_tickets(connection, "default", BEFORE + 3, after=BEFORE + after) for after in (0, 1, 3)]
    assert counts == [3, 3, 2, 0]
    assert since == [3, 2, 0]


def test_the_errors_of_a_body_are_named_after_others_had_their_turn(
    shared_desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    named = request_body._errors_of

    def spied(error: Any) -> list[Any]:
        turns.append("named")
        return named(error)

    async def turn(seconds: float) -> None:
        turns.append(f"turn {seconds}")

    monkeypatch.setattr(request_body, "_errors_of", spied)
    monkeypatch.setattr(request_body, "asyncio", SimpleNamespace(sleep=turn))
    shared_desk.post("/v1/customers", {"nobody": 1})
    assert turns == ["turn 0", "named"]


def test_names_that_end_in_a_backslash_are_counted() -> None:
    names = ",".join(f'"{each}\\\\": 1' for each in range(3)).encode()
    request_body._refuse_many_names(b"{%s}" % names, 3)
    with pytest.raises(Problem, match="at most 2 names"):
        request_body._refuse_many_names(b"{%s}" % names, 2)
