"""Mail is handed over to a server of the test, which answers each step as it is told."""

import asyncio
import smtplib
import socket
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from api.channels import smtp
from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.smtp import SmtpChannel, SmtpConfig
from domain.template.rendering import RenderedText
from tests.support.mail_server import mail_server

pytestmark = pytest.mark.anyio

MESSAGE = OutgoingMessage(
    UUID(int=7), "email", "lan@example.vn", RenderedText("Tin", "Chào Lan"), "service", "received", "vi", "Lan"
)
TAKEN = Taken(f"<{UUID(int=7)}@example.vn>")


def channel(port: int, **fields: object) -> SmtpChannel:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "care@example.vn", "timeout": 7}
    return SmtpChannel(SmtpConfig.model_validate(given | fields))


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ({}, TAKEN),
        ({"MAIL": "451 later"}, NotAccepted("refused_by_receiver")),
        ({"RCPT": "550 nobody"}, NotAccepted("refused_by_receiver", permanent=True)),
        ({"RCPT": "450 full"}, NotAccepted("refused_by_receiver")),
        ({"DATA": "554 no"}, NotAccepted("refused_by_receiver", permanent=True)),
        ({"END": "452 full"}, NotAccepted("refused_by_receiver")),
        ({"RCPT": ""}, NotAccepted("receiver_unreachable")),
        ({"END": ""}, Lost()),
    ],
)
async def test_what_a_server_says_at_each_step(says: dict[str, str], outcome: HandOver) -> None:
    async with mail_server(**says) as server:
        assert await channel(server.port).hand_over(MESSAGE) == outcome


async def test_an_attempt_has_a_deadline_however_often_the_server_says_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "DEADLINE", 0.2)
    left = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        await reader.readline()
        with suppress(ConnectionError):
            while True:
                writer.write(b"250-and\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        left.set()
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    handing = channel(server.sockets[0].getsockname()[1]).hand_over(MESSAGE)
    assert await asyncio.wait_for(handing, 60) == NotAccepted("receiver_unreachable")
    await asyncio.wait_for(left.wait(), 60)  # no thread holds the connection
    server.close()


def test_a_user_without_a_password_is_refused() -> None:
    for settings in ({"user": "care"}, {"password": "p4ssword"}):
        with pytest.raises(ValidationError, match="both user and password"):
            SmtpConfig.model_validate({"host": "smtp.example.vn", "sender": "care@example.vn"} | settings)


async def test_a_mail_arrives_with_its_headers() -> None:
    async with mail_server() as server:
        assert await channel(server.port).hand_over(MESSAGE) == TAKEN
        assert await channel(server.port).hand_over(MESSAGE) == TAKEN
    assert server.got.count(f"Message-ID: {TAKEN.provider_id}") == 2
    assert "RCPT TO:<lan@example.vn>" in [line.upper()[:4] + line[4:].replace("To:", "TO:") for line in server.got]
    assert "Auto-Submitted: auto-generated" in server.got


async def test_a_server_without_starttls_gets_no_mail() -> None:
    async with mail_server() as server:
        outcome = await channel(server.port, security="starttls").hand_over(MESSAGE)
    assert outcome == NotAccepted("receiver_unreachable")
    assert not any(line.upper().startswith("MAIL") for line in server.got)


def test_an_attempt_ends_while_its_thread_closes_the_connection() -> None:
    class Closing(smtplib.SMTP):
        """The connection is there at the first look and gone at the second one."""

        def __getattribute__(self, name: str) -> Any:
            return next(looks) if name == "sock" else super().__getattribute__(name)

    with socket.socket() as connection:
        looks = iter([connection, None])
        attempt = smtp._Attempt()
        attempt.begin_answer(Closing.__new__(Closing))
        assert attempt.end() == NotAccepted("receiver_unreachable")


def test_an_attempt_that_is_over_reads_no_further_answer() -> None:
    attempt = smtp._Attempt()
    assert attempt.end() == NotAccepted("receiver_unreachable")
    with pytest.raises(TimeoutError):
        attempt.begin_answer(smtplib.SMTP())
