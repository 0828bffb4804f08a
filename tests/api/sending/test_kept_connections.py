"""Webhooks use a connection again; whatever the receiver does with it, no webhook is lost or taken for sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest

from api.channels import http_connection
from api.channels.gateway import GatewayChannel, GatewayConfig
from api.channels.hand_over import Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.http_connection import HttpAnswer, KeptConnections
from api.channels.http_post import HttpReceiver
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from domain.template.rendering import RenderedText
from tests.support.receiver import DROPPED, NEVER, Receiver, answer, receiving
from tests.support.sending import SECRET

pytestmark = pytest.mark.anyio

LOOPBACK = ip_network("127.0.0.0/8")
TEXT = RenderedText("Tin", "Chào Lan")
MESSAGE = OutgoingMessage(UUID(int=7), "webhook", "crm", TEXT, "service", "received", "vi", "crm")
OPEN = answer(200, connection="keep-alive")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        made.answers_each = 1_000
        made.usual = OPEN
        yield made


@pytest.fixture
async def webhook(receiver: Receiver) -> AsyncIterator[Callable[..., WebhookChannel]]:
    made = []

    def make(**fields: Any) -> WebhookChannel:
        given: dict[str, Any] = {"url": receiver.url, "secrets": [SECRET], "allow": ["127.0.0.0/8"], "timeout": 20}
        made.append(WebhookChannel(WebhookEndpoint(**given | fields)))
        return made[-1]

    yield make
    for channel in made:
        channel.close()


async def test_one_webhook_after_the_other_takes_one_connection(
    receiver: Receiver, webhook: Callable[..., WebhookChannel]
) -> None:
    channel = webhook()
    for number in range(5):
        assert await channel.hand_over(replace(MESSAGE, id=UUID(int=number))) == Taken()
    assert receiver.connections == 1
    assert [got.headers["webhook-id"] for got in receiver.got] == [str(UUID(int=number)) for number in range(5)]


async def test_webhooks_beside_each_other_take_a_connection_each(
    receiver: Receiver, webhook: Callable[..., WebhookChannel]
) -> None:
    receiver.slow = 0.05
    channel = webhook()
    assert await asyncio.gather(*(channel.hand_over(MESSAGE) for _ in range(4))) == [Taken()] * 4
    assert receiver.connections == 4


async def test_a_connection_that_the_receiver_has_closed_is_replaced_by_a_new_one(
    receiver: Receiver, webhook: Callable[..., WebhookChannel]
) -> None:
    receiver.answers_each = 1
    channel = webhook()
    for _ in range(3):
        assert await channel.hand_over(MESSAGE) == Taken()
    assert len(receiver.got) == 3


async def test_a_request_that_a_kept_connection_swallows_is_sent_once_more(
    receiver: Receiver, webhook: Callable[..., WebhookChannel]
) -> None:
    channel = webhook()
    assert await channel.hand_over(MESSAGE) == Taken()
    receiver.says.append(DROPPED)
    assert await channel.hand_over(MESSAGE) == Taken()
    assert len(receiver.got) == 3
    receiver.says.extend([DROPPED, DROPPED])
    assert await channel.hand_over(MESSAGE) == Lost()
    assert len(receiver.got) == 5


async def test_a_kept_connection_without_an_answer_in_time_is_lost_and_not_repeated(
    receiver: Receiver,
) -> None:
    kept = KeptConnections()
    patient, impatient = (HttpReceiver(receiver.url, seconds, [LOOPBACK], kept) for seconds in (20, 1))
    with closing(kept):
        assert isinstance(await patient.post({}, b"{}"), HttpAnswer)
        receiver.says.append(NEVER)
        assert await impatient.post({}, b"{}") == Lost()
        assert len(receiver.got) == 2
        assert isinstance(await patient.post({}, b"{}"), HttpAnswer)
    assert receiver.connections == 2


@pytest.mark.parametrize("extra", [answer(500, connection="keep-alive"), b"x"])
async def test_bytes_behind_an_answer_are_no_answer_to_the_next_request(
    receiver: Receiver, webhook: Callable[..., WebhookChannel], extra: bytes
) -> None:
    channel = webhook()
    receiver.says.append(OPEN + extra)
    assert await channel.hand_over(MESSAGE) == Taken()
    assert await channel.hand_over(MESSAGE) == Taken()
    assert receiver.connections == 2


async def test_a_refusal_leaves_the_connection_usable(
    receiver: Receiver, webhook: Callable[..., WebhookChannel]
) -> None:
    channel = webhook()
    receiver.says.append(answer(500, connection="keep-alive"))
    assert await channel.hand_over(MESSAGE) == NotAccepted("receiver_failed")
    assert await channel.hand_over(MESSAGE) == Taken()
    assert receiver.connections == 1


async def test_a_connection_that_waited_too_long_is_not_used_again(
    receiver: Receiver, webhook: Callable[..., WebhookChannel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "IDLE_SECONDS", 0.0)
    channel = webhook()
    assert await channel.hand_over(MESSAGE) == Taken()
    assert await channel.hand_over(MESSAGE) == Taken()
    assert receiver.connections == 2


async def test_each_message_to_a_gateway_has_a_connection_of_its_own(receiver: Receiver) -> None:
    gateway = GatewayChannel(GatewayConfig(url=receiver.url, allow=("127.0.0.0/8",), timeout=20))
    assert [await gateway.hand_over(MESSAGE), await gateway.hand_over(MESSAGE)] == [Taken()] * 2
    assert receiver.connections == 2
    assert all(got.headers["connection"] == "close" for got in receiver.got)
