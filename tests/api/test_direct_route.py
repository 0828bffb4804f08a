"""The short way to an endpoint answers as the long way would."""

import asyncio
import socket
from collections import Counter
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from api.http.connections import Connections
from api.http.wire import MOST_GATHERED, MOST_QUEUED, Wire
from api.http_limits import HttpLimits
from tests.support.serving import Served

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/tickets", 422),
        ("POST", "/v1/customers", 422),
        ("POST", f"/v1/tickets/{ID}/assign", 422),
        ("POST", f"/v1/tickets/{ID}/start-work", 409),
        ("POST", f"/v1/tickets/{ID}/start%2Dwork", 409),
        ("POST", f"/v1/tickets/{ID}/start-work?verbose=1", 422),
        ("POST", "/v1/tickets/", 404),
        ("POST", "/v1/tickets//start-work", 404),
        ("POST", f"/v1/tickets/{ID}/", 404),
        ("POST", f"/v1/tickets/{ID}/start%2Fwork", 404),
        ("POST", f"/v1/tickets/{ID}/start-work/", 404),
        ("POST", f"/v1/customers/{ID}/start-work", 404),
        ("POST", f"/v2/tickets/{ID}/start-work", 404),
        ("GET", f"/v1/tickets/{ID}/start-work", 405),
        ("PUT", "/v1/tickets", 405),
        ("PUT", "/v1/sla/calendars/office", 422),
        ("POST", "/readyz", 405),
        ("GET", "/readyz?verbose=1", 422),
        ("GET", "/readyz/", 404),
    ],
)
def test_every_spelling_of_an_address_has_one_answer(shared_desk: Served, method: str, path: str, status: int) -> None:
    answer = shared_desk.send(method, path, b"{}", {b"content-type": b"application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 405:
        assert answer.headers["allow"] == {"/v1/tickets": "GET, HEAD, POST", "/readyz": "GET, HEAD"}.get(path, "POST")


def test_the_methods_of_an_address_are_found_once(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """To compare a request with all routes costs as much as a command, and it takes no key."""
    compared: Counter[str] = Counter()
    matches = APIRoute.matches

    def noted(route: APIRoute, scope: Scope) -> tuple[Match, Scope]:
        compared[scope["path"]] += 1
        return matches(route, scope)

    monkeypatch.setattr(APIRoute, "matches", noted)
    paths = [f"/v1/tickets/{uuid4()}/{command}" for command in ("assign", "assign", "resolve")]
    for path in paths:
        assert desk.as_key(None).send("DELETE", path, b"").headers["allow"] == "POST"
    first, again, another = (compared[path] for path in paths)
    assert 3 * again < min(first, another)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_asked_with_head_too(desk: Served, path: str) -> None:
    whole, head = desk.get(path), desk.send("HEAD", path, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"] == "application/json"


@pytest.mark.anyio
async def test_all_refused_requests_together_are_read_at_a_bounded_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    connections = Connections(HttpLimits(linger_bytes=128))
    clock = [7.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock[0], raising=False)
    assert [connections.discard(size) for size in (64, 32, 64)] == [0.5, 0.75, 1.25]
    clock[0] = 8.0
    assert connections.discard(32) == 0.5
    clock[0] = 20.0
    assert connections.discard(64) == 0.5


class Transport:
    """Notes each write."""

    def __init__(self) -> None:
        self.connection: socket.socket | None = None
        self.writes: list[bytes] = []
        self.closed = False

    def get_extra_info(self, _name: str) -> socket.socket | None:
        return self.connection

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True


class Protocol:
    receiving = False

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()


def wire() -> tuple[Wire, Transport]:
    transport = Transport()
    return Wire(cast("Any", transport), cast("Any", Protocol())), transport


@pytest.mark.anyio
async def test_the_kernel_holds_little_of_what_a_peer_does_not_take() -> None:
    with socket.socket() as connection:
        transport = Transport()
        transport.connection = connection
        Wire(cast("Any", transport), cast("Any", Protocol()))
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == MOST_QUEUED


@pytest.mark.anyio
async def test_head_and_body_of_an_answer_leave_in_one_write() -> None:
    line, transport = wire()
    line.write(b"head ")
    line.write(b"body")
    assert (line.unsent(), transport.writes) == (9, [])
    await asyncio.sleep(0)
    assert (line.unsent(), transport.writes) == (0, [b"head body"])
    line.write(b"next")
    await asyncio.sleep(0)
    assert transport.writes == [b"head body", b"next"]


@pytest.mark.anyio
async def test_a_large_answer_does_not_wait() -> None:
    line, transport = wire()
    line.write(b"head")
    line.write(bytes(MOST_GATHERED))
    assert [len(data) for data in transport.writes] == [MOST_GATHERED + 4]
    await asyncio.sleep(0)
    assert len(transport.writes) == 1


@pytest.mark.anyio
async def test_what_was_gathered_leaves_before_the_connection_is_closed() -> None:
    line, transport = wire()
    line.write(b"the last answer")
    line.close()
    assert (transport.writes, transport.closed) == ([b"the last answer"], True)
    await asyncio.sleep(0)
    assert len(transport.writes) == 1
