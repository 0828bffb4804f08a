"""What a server answers and logs that stops while clients wait."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import sleep
from unittest.mock import Mock

import httpx
import psycopg
import pytest

from api.http.protocol import LimitedProtocol
from api.http_limits import HttpLimits
from domain.event_log.schema import schema_of
from tests.support.database_troubles import waiting_for_lock
from tests.support.events import CUSTOMER
from tests.support.registered import register
from tests.support.serving import running


def test_streams_end_and_waits_are_answered_when_the_server_stops(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    register(database_url, CUSTOMER)
    with ThreadPoolExecutor(2) as apart, ExitStack() as served:
        address, container = served.enter_context(running(database_url, keyless="default"))
        with httpx.stream("GET", f"{address}/v1/events/stream?after=1", timeout=60) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 1000"
            waiting = apart.submit(httpx.get, f"{address}/v1/work?agent=an&after=1&wait=30", timeout=60)
            while not waiting.done() and container.tenants["default"].positions.waiting < len(("stream", "reading")):
                sleep(0.01)
            apart.submit(served.close)
            assert set(lines) <= {"", ": still here"}
        assert waiting.result().status_code == httpx.codes.GATEWAY_TIMEOUT, waiting.result().text
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_request_that_outlasts_the_stop_is_answered_and_told_in_one_line(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    register(database_url, CUSTOMER)
    limits = HttpLimits(stopping=0.05)
    with (
        ThreadPoolExecutor(2) as apart,
        ExitStack() as served,
        psycopg.connect(database_url) as other,
    ):
        address, _ = served.enter_context(running(database_url, keyless="default", http=limits))
        other.execute(f"lock table {schema_of('default')}.tasks in access exclusive mode")
        asking = apart.submit(httpx.get, f"{address}/v1/tasks", timeout=60)
        asyncio.run(waiting_for_lock(database_url))
        closing = apart.submit(served.close)
        answer = asking.result()
        other.rollback()
        closing.result()
    assert (answer.status_code, answer.json()["detail"]) == (503, "the server stops; try again")
    assert answer.headers["retry-after"] == "1"
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == ["the server stops: broke off 1 requests after 0.05 s"]


@pytest.mark.parametrize(
    ("answering", "done", "is_broken_off"),
    [
        (None, ["close"], False),
        (Mock(response_started=True, response_complete=True), ["close"], False),
        (Mock(response_started=True, response_complete=False), ["abort"], True),
        (Mock(response_started=False, response_complete=False), ["write", "close"], True),
    ],
    ids=["no request", "an answer that is complete", "an answer that has begun", "no answer yet"],
)
def test_an_answer_that_has_begun_is_cut_off_and_looks_like_no_whole_one(
    answering: Mock | None, done: list[str], *, is_broken_off: bool
) -> None:
    protocol = LimitedProtocol.__new__(LimitedProtocol)
    protocol._answering = protocol.cycle = answering  # type: ignore[assignment]  # what it reads of a cycle
    protocol._wire, protocol.flow, protocol.pipeline = Mock(), Mock(), Mock()
    assert protocol.break_off() is is_broken_off
    assert [name for name, *_ in protocol._wire.mock_calls] == done
