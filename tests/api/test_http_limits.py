"""The door: what strangers send without end is bounded, and nobody waits for them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from api.http.connections import Connections
from api.http_limits import KEPT_FOR_OTHERS, HttpLimits
from tests.support.raw_http import HEAD, connected, is_closed, rest, status, told
from tests.support.serving import listening

NOWHERE = "host=/nonexistent dbname=none"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
LAST = HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
SMALL = HttpLimits(request_line_bytes=1024, head_bytes=4096, headers=10, cookie_bytes=500, pipelined=5)
NO_HOSTS = (b"a/../b@c", b"a b", b"a,b", b"a:b", b"a:123456", b"[::1", b"\xc3\xa9", b"a@b")


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    """A server with small sizes and usual times."""
    with listening(NOWHERE, keyless="default", http=SMALL) as address:
        yield address


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 100_000, 431),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"x" * 100_000, 431),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: 1\r\n" * 10 + b"\r\n", 431),
        (b"GET /" + b"a" * 100_000, 414),
        (b"GET /" + b"a" * 1024 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
        (b"POST /sign-in HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"a" * 100_000, 431),
        (b"POST /sign-in HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 100_000, 431),
        (b"\r\n" * 50_000, 431),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\n" + HEAD + HEAD + b"\r\n", 400),
        *((b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n", 400) for host in NO_HOSTS),
        (
            b"GET /healthz HTTP/1.1\r\n" + HEAD + b"Cookie: a=1\r\n" * 2 + b"Cookie: " + b"a=b; " * 100 + b"\r\n\r\n",
            431,
        ),
        (b"no HTTP at all\r\n\r\n", 400),
        (b"CONNECT a:1 HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
        (b"POST /x HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    ],
)
def test_a_request_that_is_too_much_is_refused_and_its_connection_closed(small: str, sent: bytes, refusal: int) -> None:
    received = told(small, sent)
    head, _, body = received.partition(b"\r\n\r\n")
    assert status(received) == refusal
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert f'"status": {refusal}'.encode() in body
    assert status(told(small, LAST)) == 200


@pytest.mark.parametrize("size", [1, 7, 1024])
def test_a_header_in_pieces_is_bounded_as_well(small: str, size: int) -> None:
    with connected(small) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sent = b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 4096
        for start in range(0, len(sent), size):
            client.sendall(sent[start : start + size])
        assert status(rest(client)) == 431


def test_a_request_within_the_limits_is_served(small: str) -> None:
    headers = {f"x-{number}": "a" * 300 for number in range(5)}
    assert httpx.get(f"{small}/healthz", headers=headers, timeout=60).status_code == 200


def test_requests_one_behind_the_other_are_answered_in_order(small: str) -> None:
    received = told(small, HEALTH * 3 + LAST)
    assert received.count(b"HTTP/1.1 200") == 4


def test_only_so_many_requests_wait_on_one_connection(small: str) -> None:
    assert told(small, HEALTH * 50).count(b"HTTP/1.1 200") <= 6
    assert status(told(small, LAST)) == 200


def test_a_request_for_an_upgrade_is_answered_as_it_is_and_is_the_last(small: str) -> None:
    received = told(small, HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"))
    assert status(received) == 200


@pytest.mark.parametrize(
    "body",
    [
        b'Content-Length: 13\r\n\r\n{"nobody": 1}',
        b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"nobod\r\n6\r\ny": 1}\r\n0\r\n\r\n',
    ],
)
@pytest.mark.parametrize("size", [1, 1024])
def test_a_request_for_an_upgrade_keeps_its_body(small: str, body: bytes, size: int) -> None:
    """Java's HttpClient asks for h2c with its first request, also when that is a command."""
    head = b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
    sent = head + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n" + body
    behind = b"POST /x HTTP/1.1\r\n" + HEAD + b"Content-Length: 1\r\n\r\n!"
    with connected(small) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), size):
            client.sendall(sent[start : start + size])
        client.sendall(behind)
        received = rest(client)
    assert status(received) == 422
    assert b"nobody" in received
    assert received.count(b"HTTP/1.1") == 1


def test_http_1_0_needs_no_host(small: str) -> None:
    assert status(told(small, b"GET /healthz HTTP/1.0\r\n\r\n")) == 200


POST = b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
SOON = 0.3


@pytest.mark.parametrize(
    ("sent", "limits", "answer"),
    [
        (b"", HttpLimits(first_byte=SOON), None),
        (b"\r\n", HttpLimits(first_byte=SOON), None),
        (b"GET /hea", HttpLimits(between_bytes=SOON), 408),
        (b"GET /hea", HttpLimits(head=SOON), 408),
        (b"GET /healthz HTTP/1.1\r\n" + HEAD, HttpLimits(between_bytes=SOON), 408),
        (POST, HttpLimits(between_bytes=SOON), 408),
        (POST, HttpLimits(body=SOON), 408),
        (HEALTH, HttpLimits(keep_alive=SOON), 200),
    ],
)
def test_whoever_does_not_go_on_is_not_waited_for(sent: bytes, limits: HttpLimits, answer: int | None) -> None:
    with listening(NOWHERE, keyless="default", http=limits) as address:
        received = told(address, sent)
        assert (status(received) if received else None) == answer
        assert status(told(address, LAST)) == 200


def test_a_client_that_goes_on_slowly_is_served() -> None:
    with listening(NOWHERE) as address, connected(address) as client:
        for byte in LAST:
            client.send(bytes([byte]))
        assert status(rest(client)) == 200


def test_when_all_connections_are_taken_the_one_that_waited_longest_goes(caplog: pytest.LogCaptureFixture) -> None:
    limits = HttpLimits(connections=4, first_byte=60.0, keep_alive=60.0)
    with listening(NOWHERE, http=limits) as address, ExitStack() as stack:
        idle = [stack.enter_context(connected(address)) for _ in range(4)]
        idle[0].sendall(HEALTH)  # it waits for its next request from now on, the second one longer
        assert idle[0].recv(1 << 16).startswith(b"HTTP/1.1 200")
        assert status(told(address, LAST)) == 200
        assert is_closed(idle[1])
        for client in (idle[0], idle[2], idle[3]):
            client.sendall(HEALTH)
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 200")
    assert [record.getMessage() for record in caplog.records if "too many connections" in record.getMessage()] == [
        "too many connections are open: closed 1 of 5"
    ]


def test_a_thousand_idle_connections_keep_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    with listening(NOWHERE, http=HttpLimits(connections=50)) as address, ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(connected(address))
        assert status(told(address, LAST)) == 200
    assert sum("too many connections" in record.getMessage() for record in caplog.records) == 1


def test_connections_leave_file_descriptors_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, most in ((1024, 1024 - KEPT_FOR_OTHERS), (100, 50)):
        monkeypatch.setattr("resource.getrlimit", lambda _which, files=files: (files, files))
        assert HttpLimits().most_connections == most


@pytest.mark.parametrize("times", [1, 20])
def test_a_reader_who_takes_nothing_is_cut_off_and_its_memory_freed(times: int) -> None:
    limits = HttpLimits(write=0.3, keep_alive=0.3)
    document = b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n"
    with listening(NOWHERE, http=limits) as address:
        size = len(httpx.get(f"{address}/openapi.json", timeout=60).content)
        with connected(address, receive_buffer=1024) as client:
            client.sendall(document * 40 * times)
            assert is_closed(client)
            assert len(rest(client)) < size * 40
        assert status(told(address, LAST)) == 200


def test_the_largest_unread_answer_goes_when_all_together_are_too_large(caplog: pytest.LogCaptureFixture) -> None:
    limits = HttpLimits(unsent_bytes=100_000)
    with listening(NOWHERE, http=limits) as address:
        with connected(address, receive_buffer=1024) as client:
            client.sendall(b"GET /static-offline-docs/swagger-ui-bundle.js HTTP/1.1\r\n" + HEAD + b"\r\n")
            client.sendall((b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n") * 40)
            assert is_closed(client)
        assert status(told(address, LAST)) == 200
    assert any("too much is waiting to be read" in record.getMessage() for record in caplog.records)


def test_a_refusal_arrives_although_the_body_is_still_being_sent() -> None:
    size = 12_000_000
    with listening(NOWHERE, keyless="default") as address:
        received = told(address, POST.replace(b"100", b"%d" % size) + b" " * (size - 1))
        assert status(received) == 413
        assert b"connection: close" in received
        asking = POST.replace(b"Content-Length: 100", b"Expect: 100-continue\r\nContent-Length: 70000")[:-1]
        assert status(told(address, asking)) == 413, "it is not asked for"


def test_the_end_of_a_refusal_arrives_before_the_rest_of_the_body_is_read() -> None:
    with listening(NOWHERE, keyless="default", http=HttpLimits(linger=600.0)) as address:
        assert status(told(address, POST.replace(b"100", b"99999999"))) == 413


def test_a_body_without_end_is_not_read_for_ever() -> None:
    limits = HttpLimits(linger_bytes=100_000)
    with listening(NOWHERE, keyless="default", http=limits) as address, connected(address) as client:
        client.sendall(POST.replace(b"100", b"999999999"))
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            client.sendall(b" " * 999_999_998)
        assert status(told(address, LAST)) == 200


def test_between_two_pieces_of_a_refused_body_the_server_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connections, "discard", lambda _self, _size: 1e6)
    limits = HttpLimits(linger=0.5, linger_bytes=10**9)
    with listening(NOWHERE, keyless="default", http=limits) as address, connected(address) as client:
        client.sendall(POST.replace(b"100", b"%d" % 10**8))
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            client.sendall(b" " * 10**8)


class Peer:
    """A connection as the registry sees it."""

    def __init__(self) -> None:
        self.aborted = False

    def check(self, now: float) -> int:  # noqa: ARG002 -- the registry's shape
        return 0

    def abort(self) -> None:
        self.aborted = True

    def break_off(self) -> bool:
        return False


@pytest.mark.anyio
async def test_no_connection_whose_request_is_being_answered_makes_room() -> None:
    connections = Connections(HttpLimits(connections=2))
    busy, idle, new, newest = Peer(), Peer(), Peer(), Peer()
    for peer in (busy, idle):
        connections.opened(peer)
    connections.works(busy)
    connections.opened(new)
    assert (busy.aborted, idle.aborted, new.aborted) == (False, True, False)
    connections.works(new)
    connections.opened(newest)
    assert (busy.aborted, new.aborted, newest.aborted) == (False, False, True)
    for peer in (busy, new):
        connections.lost(peer)
    assert len(connections) == 0
