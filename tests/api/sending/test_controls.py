"""Negative controls: what the sender would do without one of its guards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from api.channels.hand_over import HandOver, OutgoingChannel, OutgoingMessage, Taken
from api.workers.sending.attempts import Attempts
from api.workers.sending.judging import JudgedNotification
from domain.contact_rules.definition import Contact, ContactRules
from domain.contact_rules.open_hours import next_open
from domain.notification import events as e
from domain.zones import UTC_ZONE, zone_named
from tests.support.sending import NINE, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


class Killed(BaseException):
    """The process ends at this point."""


class KilledAfter(Kept):
    """Takes the first message, and the process is killed before anything is recorded of it."""

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        outcome = await super().hand_over(message)
        if len(self.got) == 1:
            raise Killed
        return outcome


class Fenced(Attempts):
    """As they are; a kill ends them without another record."""

    async def carry_out(self, judged: JudgedNotification, channel: OutgoingChannel) -> int | None:
        try:
            return await super().carry_out(judged, channel)
        except Killed:
            return None


class Unfenced(Attempts):
    """Without the record of an attempt before it is handed over."""

    async def carry_out(self, judged: JudgedNotification, channel: OutgoingChannel) -> int | None:
        assert judged.message is not None
        try:
            assert isinstance(await channel.hand_over(judged.message), Taken)
        except Killed:
            return None
        return await super().carry_out(judged, Kept())


async def killed_once(desk: Notified, sms: Kept, make: type[Attempts]) -> UUID:
    """A sender is killed between a hand-over and its record; the next one begins a minute and more later."""
    notification = await desk.request(channel="sms")
    for _ in range(2):
        async with sender_of(desk, channels(sms=sms), make_attempts=make) as sender:
            await sender.look()
        desk.clock.now += timedelta(minutes=2)
    async with sender_of(desk, channels(sms=sms)) as sender:
        await sender.look()
    return notification


async def test_a_kill_between_hand_over_and_record_leaves_an_sms_uncertain_and_sends_no_second_one(
    desk: Notified,
) -> None:
    sms = KilledAfter()
    notification = await killed_once(desk, sms, Fenced)
    assert len(sms.got) == 1
    assert desk.topics(notification) == ["requested", "attempt_started", "uncertain"]


async def test_without_the_record_before_the_hand_over_the_same_kill_sends_it_twice(desk: Notified) -> None:
    sms = KilledAfter()
    notification = await killed_once(desk, sms, Unfenced)
    assert len(sms.got) == 2
    assert desk.topics(notification)[-1] == "handed_over"


@pytest.mark.parametrize(("rates", "most"), [({"email": 5}, 5), ({}, 40)])
async def test_a_burst_after_a_downtime_keeps_the_rate_and_without_one_it_leaves_at_once(
    desk: Notified, rates: dict[str, int], most: int
) -> None:
    await desk.publish_definition("contact-rules", {"rates": rates})
    for number in range(40):
        customer = UUID(int=6_000 + number)
        await desk.customer(customer, f"c{number}@example.vn")
        await desk.request(f"number {number}", to=str(customer))
    desk.clock.now += timedelta(days=1)
    mail = Kept()
    async with sender_of(desk, channels(email=mail), monotonic=lambda: 0.0) as sender:  # all within one second
        for _ in range(4):
            desk.follow()
            await sender.sender.send(sender.connection)
            await sender.sender.drain()
    assert len(mail.got) == len(desk.all_of(e.NotificationHandedOver)) == most


def test_quiet_hours_are_those_of_the_tenant_and_in_another_zone_it_would_be_sent_at_night() -> None:
    rules, advertising = ContactRules(), Contact("marketing", "sms", "any")
    night = NINE + timedelta(hours=16)
    assert next_open(rules, advertising, night, zone_named("Asia/Ho_Chi_Minh")) == NINE + timedelta(hours=22)
    assert next_open(rules, advertising, night, UTC_ZONE) == night
