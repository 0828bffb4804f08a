"""A gateway, a webhook and a mail server on this computer whose moods change by the hour; they note what they took."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from api.channels import http_post
from api.channels.configuration import ConfiguredChannels
from api.channels.gateway import GatewayChannel, GatewayConfig
from api.channels.hand_over import HandOver, OutgoingChannel, OutgoingMessage
from api.channels.smtp import SmtpChannel, SmtpConfig
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from tests.support.mail_server import MailServer
from tests.support.plain_reminders import HOUR
from tests.support.plain_sending import PlainAnswer
from tests.support.receiver import answer
from tests.support.sending import SECRET, channels
from tests.support.sla_watching import Standing

GATEWAYS, ENDPOINT = ("sms", "zalo"), "crm"
HERE = ("127.0.0.0/8",)
RETRY_AFTER = 3 * HOUR
HTTP: dict[str, bytes] = {
    "good": answer(200),
    "twice": answer(200) * 2,
    "failing": answer(500),
    "busy": answer(429, Retry_After=str(RETRY_AFTER // timedelta(seconds=1))),
    "refusing": answer(400),
    "gone": answer(410),
    "redirecting": answer(302, Location="http://10.0.0.1/hook"),
    "behind a proxy": answer(502),
    "late": answer(200),
    "silent": b"",
}
MAIL = {"good": {}, "failing": {"RCPT": "451 later"}, "refusing": {"RCPT": "550 no"}, "silent": {".": ""}}
TAKING = {"good", "twice", "behind a proxy", "late", "silent"}
LOSING = {"behind a proxy", "late", "silent"}
"""The moods in which it takes what it gets, and those in which nobody hears of it."""


class Moods:
    """The mood of each lane at each instant: good for some hours, and then bad for as long."""

    def __init__(self, random: Random, begin: datetime, end: datetime) -> None:
        self._of: dict[str, list[tuple[datetime, str]]] = {}
        for lane in (*GATEWAYS, "email", "webhook"):
            bad = [*(MAIL if lane == "email" else HTTP), "down"]
            at, spans = begin, list[tuple[datetime, str]]()
            while at < end:
                spans += [(at, "good"), (at + random.randrange(4, 30) * HOUR, random.choice(bad))]
                at = spans[-1][0] + random.randrange(2, 40) * HOUR
            self._of[lane] = spans

    def at(self, lane: str, now: datetime) -> str:
        return next(mood for begin, mood in reversed(self._of[lane]) if begin <= now)

    def answer(self, lane: str, now: datetime) -> PlainAnswer:
        """What the contract says of an attempt then."""
        mood = self.at(lane, now)
        if mood in {"good", "twice"}:
            return PlainAnswer("taken")
        if mood in LOSING:
            return PlainAnswer("lost")
        if mood == "gone" and lane == "webhook":
            return PlainAnswer("never", gone=True)
        if mood in {"refusing", "gone"} and lane != "webhook":
            return PlainAnswer("never")
        return PlainAnswer("refused", RETRY_AFTER if mood == "busy" else timedelta(0))


class Got(NamedTuple):
    """A message that was taken, by its id, and the mood then."""

    lane: str
    id: str
    mood: str


@dataclass
class BadReceiver:
    """``clock`` says which mood it is in. It ends a time-out of the program itself, so that nobody waits."""

    moods: Moods
    clock: Standing
    taken: list[Got] = field(default_factory=list)
    timeouts: dict[str, asyncio.Timeout] = field(default_factory=dict)
    senders: dict["asyncio.Task[object] | None", str] = field(default_factory=dict)

    def mood(self, lane: str) -> str:
        return self.moods.at(lane, self.clock.now)

    def timeout(self, _seconds: float) -> asyncio.Timeout:
        """A time-out that ends when the receiver says so."""
        made = self.timeouts[self.senders[asyncio.current_task()]] = asyncio.timeout(None)
        return made

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        await reader.readexactly(int(headers["content-length"]))
        lane = first.split()[1].removeprefix("/")
        mood, key = self.mood(lane), headers.get("idempotency-key") or headers["webhook-id"]
        if mood in TAKING:
            self.taken.append(Got(lane, key, mood))
        if mood in {"late", "silent"}:
            self.timeouts[key].reschedule(asyncio.get_running_loop().time())
            await reader.read()
        writer.write(HTTP[mood])
        await writer.drain()
        raise ConnectionError

    async def serve_mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mood = self.mood("email")
        server = MailServer(MAIL[mood])
        await server.serve(reader, writer)
        prefix = "Message-ID: <"
        ids = [line.removeprefix(prefix).partition("@")[0] for line in server.got if line.startswith(prefix)]
        self.taken += [Got("email", each, mood) for each in ids]


@dataclass
class _Lane:
    """A channel, and the same one to a port where nobody listens."""

    receiver: BadReceiver
    name: str
    up: OutgoingChannel
    down: OutgoingChannel

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        self.receiver.senders[asyncio.current_task()] = str(message.id)
        channel = self.down if self.receiver.mood(self.name) == "down" else self.up
        return await channel.hand_over(message)


@asynccontextmanager
async def bad_lanes(receiver: BadReceiver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ConfiguredChannels]:
    """The program's own channels to a bad receiver."""
    shown = SimpleNamespace(timeout=receiver.timeout, get_running_loop=asyncio.get_running_loop)
    monkeypatch.setattr(http_post, "asyncio", shown)
    web = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    mail = await asyncio.start_server(receiver.serve_mail, "127.0.0.1", 0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = [web.sockets[0].getsockname()[1], closed.getsockname()[1]]
        mail_ports = [mail.sockets[0].getsockname()[1], closed.getsockname()[1]]
        lanes: Mapping[str, Sequence[OutgoingChannel]] = {
            **{
                name: [GatewayChannel(GatewayConfig(url=_url(port, name), allow=HERE)) for port in ports]
                for name in GATEWAYS
            },
            f"webhook_{ENDPOINT}": [
                WebhookChannel(WebhookEndpoint(url=_url(port, "webhook"), secrets=(SecretStr(SECRET),), allow=HERE))
                for port in ports
            ],
            "email": [
                SmtpChannel(
                    SmtpConfig(host="127.0.0.1", port=port, security="none", sender="care@example.vn", timeout=7)
                )
                for port in mail_ports
            ],
        }
        yield channels(
            **{name: _Lane(receiver, name.partition("_")[0], up, down) for name, (up, down) in lanes.items()}
        )
    web.close()
    mail.close()


def _url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/{path}"
