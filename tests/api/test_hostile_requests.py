"""What strangers send in the benchmark `door` is answered or refused, and leaves no error in any log."""

import logging
from collections.abc import Callable, Iterator

import pytest

from api.http_limits import HttpLimits
from benchmarks.strangers import HOSTILE, SLOW
from tests.support.raw_http import connected, rest, status
from tests.support.serving import listening, make_key

UNREAD = "answers that nobody reads"
SOON = HttpLimits(keep_alive=0.2, between_bytes=0.5, first_byte=0.5)


@pytest.fixture(scope="module")
def address(shared_database_url: str) -> Iterator[str]:
    make_key(shared_database_url)
    with listening(shared_database_url, keyless="default", http=SOON) as address:
        yield address


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_no_error(
    address: str, kind: str, server_errors: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    statuses = []
    for sent in HOSTILE[kind]:
        with connected(address) as client:
            client.sendall(sent)
            statuses.append(status(client.recv(1 << 16) if kind == UNREAD else rest(client)))
    assert [answer for answer in statuses if answer >= 500] == []
    assert server_errors() == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_what_is_never_ended_is_no_error(address: str, caplog: pytest.LogCaptureFixture) -> None:
    for sent in SLOW[:3]:
        with connected(address) as client:
            client.sendall(sent)
            received = rest(client)
            assert not received or status(received) == 408
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
