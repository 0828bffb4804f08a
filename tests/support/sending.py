"""A desk with notifications, a receiver of them, and senders that look when they are told to."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg

from api.channels.configuration import ChannelsConfig, ConfiguredChannels
from api.channels.hand_over import HandOver, OutgoingChannel, OutgoingMessage, Taken
from api.workers.sending.attempts import Attempts
from api.workers.sending.sender import Sender, SenderSettings
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import AddAddress, RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log.store import LogConnection
from domain.notification.commands import RequestNotification
from domain.notification.state import notification_stream
from projections.audit_history.table import AUDIT_HISTORY
from projections.notifications.table import NOTIFICATIONS
from tests.support.events import CUSTOMER
from tests.support.sla_watching import Standing, Watched
from tests.support.worker_sessions import worker_session

DATA = {"customer_name": "Lan", "ticket_reference": "T-1", "ticket_subject": "Máy in", "tenant": "An Phát"}
SETTINGS = SenderSettings(lost_after=timedelta(seconds=60))
SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
NINE = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""Nine in the morning in Vietnam."""


class Kept:
    """A channel that takes everything at once, and keeps it. ``says`` are its next outcomes."""

    def __init__(self, *says: HandOver) -> None:
        self.says = list(says)
        self.got: list[OutgoingMessage] = []

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        self.got.append(message)
        await asyncio.sleep(0)
        return self.says.pop(0) if self.says else Taken(f"m-{len(self.got)}")


def channels(**lanes: OutgoingChannel) -> ConfiguredChannels:
    """Channels by name; ``webhook_crm`` is the endpoint crm."""
    configured = ConfiguredChannels(ChannelsConfig())
    configured.lanes = {
        ("webhook", name.removeprefix("webhook_")) if name.startswith("webhook_") else (name, None): channel
        for name, channel in lanes.items()
    }
    return configured


class Notified(Watched):
    """The default tenant's desk with a customer; its clock shows nine in the morning at first."""

    projections = (NOTIFICATIONS, AUDIT_HISTORY)

    async def begin(self) -> None:
        self.clock.now = NINE
        await self.customer(CUSTOMER, "lan@example.vn", "0901234567")

    async def customer(self, customer: UUID, email: str, phone: str | None = None) -> None:
        await self.ask(customer, RegisterCustomer(name="Lan"))
        await self.ask(customer, AddAddress(channel="email", handle=email))
        if phone is not None:
            await self.ask(customer, AddAddress(channel="phone", handle=phone))

    async def request(self, key: str = "a key", **fields: Any) -> UUID:
        given: dict[str, Any] = {
            "to_kind": "customer",
            "to": str(CUSTOMER),
            "channel": "email",
            "purpose": "service",
            "template": "received",
            "template_version": 0,
            "data": DATA,
            "dedupe_key": key,
        }
        stream = notification_stream(key)
        await self.ask(stream, RequestNotification(**given | fields))
        return stream

    async def care(self, key: str, **fields: Any) -> UUID:
        """A request of care, such as a birthday."""
        return await self.request(key, **{"purpose": "care", "template": "birthday"} | fields)

    async def publish_definition(self, kind: str, body: dict[str, Any], name: str = "tenant") -> None:
        command = PublishDefinition(
            kind=kind, name=name, effective_from=datetime(2026, 1, 1, tzinfo=UTC), body=body, reason="agreed"
        )
        await self.ask(definition_stream(kind, name), command)

    def topics(self, stream: UUID) -> list[str]:
        return [event.topic.partition(".")[2] for event in self.log() if event.stream == stream]

    def last(self, stream: UUID) -> Any:
        """The payload of the last event of a notification."""
        return [event for event in self.log() if event.stream == stream][-1].payload

    def all_of(self, payload: type) -> Sequence[Any]:
        return [event.payload for event in self.log() if isinstance(event.payload, payload)]


@asynccontextmanager
async def notified_at(url: str) -> AsyncIterator[Notified]:
    made = Notified(url)
    try:
        await made.begin()
        yield made
    finally:
        await made.close()


class Followed(Protocol):
    """A desk whose rows follow when they are told to."""

    url: str
    clock: Standing

    def follow(self) -> None: ...


class Looking:
    """A sender that looks when it is told to, with connections of its own."""

    def __init__(self, desk: Followed, sender: Sender, connection: psycopg.Connection) -> None:
        self._desk = desk
        self.sender = sender
        self.connection = connection

    async def look(self) -> None:
        """Follows and sends, until nothing more is due now."""
        for _ in range(1_000):
            self._desk.follow()
            waits = await self.sender.send(self.connection)
            await self.sender.drain()
            if waits:
                return
        raise AssertionError("the sender never comes to rest")


@asynccontextmanager
async def sender_of(
    desk: Followed,
    channels: ConfiguredChannels,
    settings: SenderSettings = SETTINGS,
    monotonic: Callable[[], float] = time.monotonic,
    make_attempts: Callable[[ServiceDesk], Attempts] = Attempts,
) -> AsyncIterator[Looking]:
    own = ServiceDesk(LogConnection(desk.url, "default"), desk.clock)
    with worker_session(desk.url) as connection:
        try:
            sender = Sender("default", make_attempts(own), channels, desk.clock, settings, monotonic)
            yield Looking(desk, sender, connection)
        finally:
            await own.close()


async def look_once(desk: Notified, **lanes: Any) -> None:
    """One look of a sender with these channels."""
    async with sender_of(desk, channels(**lanes)) as sender:
        await sender.look()


async def new_customer(desk: Notified, number: int) -> UUID:
    """Registers a customer with an e-mail address; the number tells customers apart."""
    customer = UUID(int=5_000 + number)
    await desk.customer(customer, f"c{number}@example.vn")
    return customer
