"""What two servers could read in two ways is refused, so that no request hides behind another one."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.chunk_size import LONGEST_LINE, chunk_size
from tests.support.raw_http import HEAD, connected, rest, statuses
from tests.support.serving import listening

GET = b"GET /healthz HTTP/1.1\r\n" + HEAD
POST = b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = GET + b"Connection: close\r\n\r\n"

REFUSED_CHUNKS = (
    b"FFFFFFFFFFFFFFFFF\r\n{}",
    b"0x2\r\n{}\r\n0\r\n\r\n",
    b"+2\r\n{}\r\n0\r\n\r\n",
    b"-2\r\n{}\r\n0\r\n\r\n",
    b" 2\r\n{}\r\n0\r\n\r\n",
    b"2 \r\n{}\r\n0\r\n\r\n",
    b"\r\n{}\r\n0\r\n\r\n",
    b"2\n{}\n0\n\n",
    b"2\r\n{}}\r\n0\r\n\r\n",
    b"2\r\n{}\n0\r\n\r\n",
    b"2\r\n{}0\r\n\r\n",
    b"2;\r\n{}\r\n0\r\n\r\n",
    b"2;a\n{}\r\n0\r\n\r\n",
    b"2;a\rb\r\n{}\r\n0\r\n\r\n",
    b"2;a=\x00\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\n0\r\nX: a\r\n b\r\n\r\n",
    b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
)
HUGE_CHUNKS = (
    b"FFFFFFFFFFFFFFFF\r\n{}",
    b"7FFFFFFF\r\n{}",
    b"100001\r\n{}",
    b"00100001;a=b\r\n{}",
    b"2\r\n{}\r\n1fffff\r\n",
)
REFUSED_LENGTHS = (
    b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"Content-Length: 2, 2\r\n\r\n{}",
    b"Content-Length: +2\r\n\r\n{}",
    b"Content-Length: -1\r\n\r\n{}",
    b"Content-Length: 0x2\r\n\r\n{}",
    b"Content-Length: 2 3\r\n\r\n{}",
    b"Content-Length: 1_0\r\n\r\n{}",
    b"Content-Length:\r\n\r\n{}",
    b"Content-Length: 18446744073709551618\r\n\r\n{}",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
)
REFUSED_CODINGS = (
    b"chunked\r\nTransfer-Encoding: chunked",
    b"chunked, chunked",
    b"identity",
    b"xchunked",
    b"",
    b"\x0bchunked",
    b"chunked;q=1",
    b'"chunked"',
    b"\r\n chunked",
)
REFUSED_HEADS = (
    GET + b"Transfer-Encoding : chunked\r\n\r\n",
    GET + b"X: a\r\n b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n X: a\r\n" + HEAD + b"\r\n",
    b"GET /healthz HTTP/1.1\nHost: a\n\n",
    GET + b"X: a\nY: b\r\n\r\n",
    GET + b"\n",
    GET + b"X: a\rY: b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r" + HEAD + b"\r\n",
    b"GET /healthz HTTP/1.1\r\r\n" + HEAD + b"\r\n",
    GET + b"X: a\x00b\r\n\r\n",
    GET + b"X: a\x01b\r\n\r\n",
    GET + b"X: a\x7fb\r\n\r\n",
    GET + b"X\x00: a\r\n\r\n",
    GET + b"X\xe9: a\r\n\r\n",
    GET + b"X Y: a\r\n\r\n",
    GET + b": a\r\n\r\n",
    GET + b"X\r\n\r\n",
    *(GET.replace(b"/healthz", b"/heal" + byte + b"thz") + b"\r\n" for byte in (b"\x00", b"\x01", b"\xff", b" ")),
    *(GET.replace(b"HTTP/1.1", version) + b"\r\n" for version in (b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.10")),
    GET.replace(b"HTTP", b"http") + b"\r\n",
    GET.replace(b" ", b"\t") + b"\r\n",
    GET.replace(b"GET", b"get") + b"\r\n",
    b"GET /healthz\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)
SERVED_BODIES = (
    CHUNKED + b"0" * 1_000 + b"2\r\n{}\r\n0\r\n\r\n",
    CHUNKED + b'2;a="b"\r\n{}\r\n000\r\nX: a\r\n\r\n',
    POST + b"Transfer-Encoding:\tCHUNKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer_Encoding: chunked\r\nContent-Length: 02\r\n\r\n{}",
    POST + b"Connection: Content-Length\r\nContent-Length: 2\r\n\r\n{}",
)
"""What means one thing alone: an empty command, which is 422."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with listening("host=/nonexistent dbname=none", keyless="default") as address:
        yield address


def answers(address: str, sent: bytes) -> list[int]:
    """The statuses of all answers to what is sent with a usual request behind it."""
    with connected(address) as client:
        client.sendall(sent + NEXT)
        received = client.recv(1 << 16)
        client.shutdown(socket.SHUT_WR)  # a refusal is followed by nothing: the server need not wait for more
        return statuses(received + rest(client))


@pytest.mark.parametrize(
    "sent",
    [
        *(CHUNKED + chunks for chunks in REFUSED_CHUNKS),
        *(POST + lengths for lengths in REFUSED_LENGTHS),
        *(POST + b"Transfer-Encoding: " + coding + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n" for coding in REFUSED_CODINGS),
        *REFUSED_HEADS,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_all_that_follows(address: str, sent: bytes) -> None:
    assert answers(address, sent) == [400]


@pytest.mark.parametrize("chunks", HUGE_CHUNKS)
@pytest.mark.parametrize("head", [CHUNKED, CHUNKED.replace(HEAD, HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\n")])
def test_a_chunk_that_is_larger_than_any_body_is_refused_at_once(address: str, head: bytes, chunks: bytes) -> None:
    assert answers(address, head + chunks) == [413]


def test_the_size_of_a_chunk_may_come_byte_after_byte(address: str) -> None:
    with connected(address) as client:
        for byte in CHUNKED + b"FFFFFFFFFFFFFFFF\r\n":
            client.send(bytes([byte]))
        assert statuses(rest(client)) == [413]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"2;chunk-signature=" + b"ad" * 32 + b"\r\n{", b"}\r\n0\r\n\r\n"),
        (b"2\r\n{}\r\n0\r\nX-Checksum: " + b"ad" * 32 + b"\r\n", b"\r\n"),
    ],
)
def test_digits_at_the_end_of_a_longer_line_are_no_size(address: str, pieces: tuple[bytes, bytes]) -> None:
    first, second = pieces
    with connected(address) as client:
        client.sendall(CHUNKED.replace(HEAD, HEAD + b"Expect: 100-continue\r\n") + first)
        assert client.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n", "the first piece was read"
        client.sendall(second + NEXT)
        assert statuses(rest(client)) == [422, 200]


@pytest.mark.parametrize("sent", SERVED_BODIES)
def test_what_means_one_thing_is_read_and_the_next_request_is_in_step(address: str, sent: bytes) -> None:
    assert answers(address, sent) == [422, 200]


def test_a_chunked_body_of_http_1_0_is_read_and_is_the_last(address: str) -> None:
    """RFC 9112, 6.1: its framing may be faulty, so the connection closes."""
    assert answers(address, CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"2\r\n{}\r\n0\r\n\r\n") == [422]


@given(st.binary(), st.integers(0, 2**64), st.integers(0, 20), st.sampled_from([b"", b";a", b"\t;a=b", b' ;a="b"']))
def test_the_size_is_that_of_the_last_line(before: bytes, size: int, zeros: int, extension: bytes) -> None:
    line = b"0" * zeros + b"%X" % size + extension + b"\r\n"
    assert chunk_size(before + b"\n" + line) == size
    assert chunk_size(line) == size
    assert chunk_size(line[:-1]) == 0
    assert chunk_size(line + b"{") == 0
    assert len(line) < LONGEST_LINE
