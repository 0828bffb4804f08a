"""Receivers that hold on to what they get hold up no other lane, and keep no connection."""

import asyncio
import gc
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest

from api.channels.configuration import ChannelsConfig, ConfiguredChannels, Lane
from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.http_post import HttpReceiver
from api.channels.network_guard import GuardedName
from api.channels.smtp import SmtpChannel, SmtpConfig
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from api.workers.sending.room import room_in
from api.workers.sending.sender import SenderSettings
from domain.template.rendering import RenderedText
from tests.support.receiver import receiving
from tests.support.sending import SECRET, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio

LOOPBACK = ip_network("127.0.0.0/8")
TEXT = RenderedText("Tin", "Chào Lan")
MESSAGE = OutgoingMessage(UUID(int=7), "webhook", "crm", TEXT, "service", "received", "vi", "crm")
MAIL = replace(MESSAGE, channel="email", address="lan@example.vn")
MANY = 50
"""More than the threads of an event loop."""
HANGS = 20


def webhook(url: str) -> WebhookChannel:
    return WebhookChannel(
        WebhookEndpoint.model_validate({"url": url, "secrets": [SECRET], "allow": ["127.0.0.0/8"], "timeout": 20})
    )


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A look-up of slow.example ends at the end of the test. The list holds the names that were looked up."""
    over, looked_up, real = threading.Event(), list[str](), socket.getaddrinfo

    def look_up(host: str, *rest: Any, **options: Any) -> Any:
        looked_up.append(host)
        if host == "slow.example":
            over.wait()
            raise socket.gaierror
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield looked_up
    over.set()


async def test_a_name_that_is_looked_up_for_long_holds_up_nobody_else(slow_names: list[str]) -> None:
    """Each receiver looks up its name in a thread of its own, and only once at a time."""
    slow = webhook("http://slow.example/hook")
    held = [asyncio.create_task(slow.hand_over(MESSAGE)) for _ in range(MANY)]
    await asyncio.sleep(0)
    async with receiving() as receiver, asyncio.timeout(HANGS):
        assert await webhook(receiver.url).hand_over(MESSAGE) == Taken()
        await asyncio.to_thread(int)
    assert slow_names.count("slow.example") == 1
    for task in held:
        task.cancel()


async def test_attempts_that_begin_during_a_look_up_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    over, looked_up = threading.Event(), list[str]()

    def look_up(host: str, port: int, **_: Any) -> Any:
        looked_up.append(host)
        over.wait()
        return [(2, 1, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    name = GuardedName("slow.example", 80, ())
    waiting = [asyncio.create_task(name.address()) for _ in range(3)]
    await asyncio.sleep(0)
    over.set()
    assert await asyncio.gather(*waiting) == ["8.8.8.8"] * 3
    assert looked_up == ["slow.example"]


async def test_a_look_up_that_fails_when_its_attempts_are_over_is_no_error_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The runner of the test raises what the event loop reports."""
    over = threading.Event()

    def look_up(*_: Any, **__: Any) -> Any:
        over.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    name = GuardedName("slow.example", 80, ())
    waiting = asyncio.create_task(name.address())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert name._under_way is not None
    over.set()
    with pytest.raises(socket.gaierror):
        await asyncio.wrap_future(name._under_way)
    gc.collect()


async def test_a_mail_server_that_never_answers_holds_up_nobody_else() -> None:
    """As many mails are on their way as may be: each has a thread of the channel."""
    over, connected = asyncio.Event(), asyncio.Semaphore(0)

    async def says_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.release()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = SmtpConfig(host="127.0.0.1", port=port, security="none", sender="care@example.vn", timeout=7)
    channel = SmtpChannel(config)
    at_once = ConfiguredChannels(ChannelsConfig(email=config)).at_once["email", None]
    held = [asyncio.create_task(channel.hand_over(MAIL)) for _ in range(at_once)]
    try:
        async with asyncio.timeout(HANGS):
            for _ in range(at_once):
                await connected.acquire()
            await asyncio.to_thread(int)
    finally:
        over.set()
    assert await asyncio.gather(*held) == [NotAccepted("receiver_unreachable")] * at_once
    server.close()


async def test_a_receiver_that_reads_nothing_keeps_no_connection() -> None:
    """What it has not taken when the attempt ends is never sent."""
    over, taken = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def reads_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        taken.set_result(len(await reader.read()))
        writer.close()

    body = b"x" * 30_000_000
    server = await asyncio.start_server(reads_late, "127.0.0.1", 0, limit=1024)
    receiver = HttpReceiver(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", 0.5, (LOOPBACK,))
    assert await receiver.post({}, body) == Lost()
    over.set()
    async with asyncio.timeout(HANGS):
        assert await taken < len(body)
    server.close()


class Hanging(Kept):
    """A receiver that never says anything."""

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        self.got.append(message)
        await asyncio.get_running_loop().create_future()
        raise AssertionError


async def test_lanes_whose_receivers_hang_leave_room_for_each_other_lane(desk: Notified) -> None:
    for lane in ("a", "b", "c"):
        for number in range(6):
            await desk.request(f"{lane} {number}", to_kind="endpoint", to=lane, channel="webhook")
    a, b, c = Hanging(), Hanging(), Kept()
    lanes = channels(webhook_a=a, webhook_b=b, webhook_c=c)
    async with sender_of(desk, lanes, SenderSettings(at_once=8)) as sender:
        for _ in range(50):
            desk.follow()
            await sender.sender.send(sender.connection)
            if len(c.got) == 6:
                break
        assert len(c.got) == 6
        assert len(a.got) + len(b.got) <= 8 - 1


def test_of_all_attempts_an_eighth_is_kept_in_equal_parts() -> None:
    sms, email = ("sms", None), ("email", None)

    def rooms(**running: int) -> list[int]:
        counted = Counter[Lane]({("sms", None): running.get("sms", 0), ("email", None): running.get("email", 0)})
        return [room_in(lane, counted, lanes=4, at_once=200) for lane in (sms, email)]

    assert rooms() == [182, 182]
    assert rooms(sms=6) == [176, 182], "what is kept for a lane takes nothing from the rest"
    assert rooms(sms=182) == [0, 6]
    assert rooms(sms=100, email=88) == [0, 0]
    assert room_in(sms, Counter(), lanes=190, at_once=200) == 11
