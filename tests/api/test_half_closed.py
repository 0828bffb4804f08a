"""A client that closes its sending side behind a request is answered, and does not hold the server for long."""

import socket
from collections.abc import Iterator

import pytest

from api.http_limits import HttpLimits
from tests.support.raw_http import HEAD, connected, rest, status, statuses
from tests.support.serving import listening

NOWHERE = "host=/nonexistent dbname=none"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
READY = b"GET /readyz HTTP/1.1\r\n" + HEAD + b"\r\n"
WRITE = b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with listening(NOWHERE, keyless="default") as address:
        yield address


def answered(address: str, sent: bytes) -> bytes:
    """All that is answered to a client that sends nothing more."""
    with connected(address) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        return rest(client)


@pytest.mark.parametrize(("sent", "answer"), [(HEALTH, 200), (WRITE, 422)])
def test_it_is_answered(address: str, sent: bytes, answer: int) -> None:
    assert status(answered(address, sent)) == answer


def test_all_its_requests_are_answered(address: str) -> None:
    assert answered(address, HEALTH * 5).count(b"HTTP/1.1 200") == 5


def test_a_large_answer_that_has_begun_is_answered_whole(address: str) -> None:
    with connected(address, receive_buffer=4096) as client:
        client.sendall(b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n")
        begun = client.recv(1)
        client.shutdown(socket.SHUT_WR)
        head, _, body = (begun + rest(client)).partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.split(b"\r\n")


@pytest.mark.parametrize("sent", [b"", HEALTH[:-2], WRITE[:-1]])
def test_a_request_that_is_not_complete_is_not_waited_for(sent: bytes) -> None:
    limits = HttpLimits(first_byte=600.0, between_bytes=600.0, head=600.0, body=600.0)
    with listening(NOWHERE, keyless="default", http=limits) as address:
        assert answered(address, sent) == b""


def test_an_answer_that_takes_long_is_given_up() -> None:
    """The database is one that takes connections and says nothing; readiness waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dsn = f"host=127.0.0.1 port={silent.getsockname()[1]} sslmode=disable gssencmode=disable user=nobody"
        with listening(dsn, keyless="default", http=HttpLimits(half_closed=0.2)) as address:
            assert answered(address, READY) == b""
            silent.close()  # the desk ends when it no longer waits for the database


@pytest.mark.parametrize("behind", [b"", HEALTH])
def test_a_stream_that_has_begun_ends_also_before_another_request(database_url: str, behind: bytes) -> None:
    """Who left looks the same: nothing more is read from the log for him."""
    stream = b"GET /v1/events/stream HTTP/1.1\r\n" + HEAD + b"\r\n"
    with (
        listening(database_url, keyless="default", http=HttpLimits(half_closed=600.0)) as address,
        connected(address) as client,
    ):
        client.sendall(stream + behind)
        begun = client.recv(1)
        client.shutdown(socket.SHUT_WR)
        answers = begun + rest(client)
    assert statuses(answers) == [200]
    assert not answers.endswith(b"0\r\n\r\n")
