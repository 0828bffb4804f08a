"""The sender hands over what is due, once, and records what became of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage
from api.workers.sending.attempts import Attempts
from api.workers.sending.sender import SenderSettings
from domain.notification import events as e
from domain.notification.commands import RequestResend
from domain.notification.sending import StartAttempt
from domain.template.rendering import rendered
from domain.template.shipped_templates import ShippedTemplates
from tests.support.sending import DATA, Kept, Notified, channels, look_once, new_customer, notified_at, sender_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


async def test_a_notification_is_handed_over_once_and_its_text_is_proven(desk: Notified) -> None:
    notification, mail = await desk.request(), Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        await sender.look()
    text = rendered(ShippedTemplates()["received"], "vi", DATA)
    (message,) = mail.got
    assert (message.id, message.address, message.text) == (notification, "lan@example.vn", text)
    assert desk.topics(notification) == ["requested", "attempt_started", "handed_over"]
    (started,) = desk.all_of(e.AttemptStarted)
    assert started == e.AttemptStarted(attempt=1, address="lan@example.vn", text_hash=text.text_hash)
    assert desk.last(notification) == e.NotificationHandedOver(attempt=1, provider_id="m-1")


async def test_without_a_channel_a_request_waits(desk: Notified) -> None:
    notification = await desk.request()
    await look_once(desk)
    await look_once(desk, sms=Kept())
    assert desk.topics(notification) == ["requested"]


async def test_a_failed_attempt_is_repeated_after_its_pause_with_the_same_id(desk: Notified) -> None:
    notification, mail = await desk.request(), Kept(NotAccepted("receiver_failed"))
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now = desk.last(notification).retry_at - timedelta(microseconds=1)
        await sender.look()
        assert len(mail.got) == 1
        desk.clock.now += timedelta(microseconds=1)
        await sender.look()
    assert [message.id for message in mail.got] == [notification, notification]
    assert desk.topics(notification)[-3:] == ["failed", "attempt_started", "handed_over"]


async def test_after_seven_attempts_it_is_a_dead_letter_and_a_person_has_it_sent_again(desk: Notified) -> None:
    notification, mail = await desk.request(), Kept(*[NotAccepted("receiver_failed")] * 7)
    async with sender_of(desk, channels(email=mail)) as sender:
        for _ in range(10):
            await sender.look()
            desk.clock.now += timedelta(days=2)
        assert len(mail.got) == 7
        assert desk.last(notification).permanent
        await desk.ask(notification, RequestResend(reason="repaired"))
        await sender.look()
    assert desk.last(notification) == e.NotificationHandedOver(attempt=8, provider_id="m-8")


async def test_a_lost_answer_is_uncertain_and_repeated_by_itself_by_mail_and_never_by_sms(desk: Notified) -> None:
    mail_id, sms_id = await desk.request("mail"), await desk.request("sms", channel="sms")
    mail, sms = Kept(Lost()), Kept(Lost())
    async with sender_of(desk, channels(email=mail, sms=sms)) as sender:
        await sender.look()
        assert desk.topics(mail_id)[-1] == desk.topics(sms_id)[-1] == "uncertain"
        desk.clock.now += timedelta(days=3)
        await sender.look()
        assert (len(mail.got), len(sms.got)) == (2, 1)
        await desk.ask(sms_id, RequestResend(reason="the customer did not get it"))
        await sender.look()
    assert len(sms.got) == 2
    assert [message.address for message in sms.got] == ["+84901234567"] * 2


async def test_an_endpoint_that_is_gone_gets_nothing_more_until_a_person_resumes_it(desk: Notified) -> None:
    crm = Kept(NotAccepted("endpoint_gone", permanent=True, gone=True))
    fields = {"to_kind": "endpoint", "to": "crm", "channel": "webhook"}
    first = await desk.request("first", **fields)
    await look_once(desk, webhook_crm=crm)
    second = await desk.request("second", **fields)
    await look_once(desk, webhook_crm=crm)
    assert desk.last(first) == e.NotificationFailed(attempt=1, permanent=True, why="endpoint_gone")
    assert desk.last(second) == e.NotificationSuppressed(why="stopped")
    assert len(crm.got) == 1


async def test_notifications_to_one_customer_are_handed_over_in_the_order_of_their_requests(desk: Notified) -> None:
    class Counting(Kept):
        open = most = 0

        async def hand_over(self, message: OutgoingMessage) -> HandOver:
            self.open += 1
            self.most = max(self.most, self.open)
            await asyncio.sleep(0.01)
            self.open -= 1
            return await super().hand_over(message)

    requests = [await desk.request(f"number {number}") for number in range(8)]
    mail = Counting()
    async with sender_of(desk, channels(email=mail)) as sender:
        while len(mail.got) < 8:
            desk.follow()
            await sender.sender.send(sender.connection)
            await asyncio.sleep(0.005)
        await sender.sender.drain()
    assert [message.id for message in mail.got] == requests
    assert mail.most == 1


async def test_a_channel_begins_no_more_in_a_second_than_its_rate(desk: Notified) -> None:
    await desk.publish_definition("contact-rules", {"rates": {"email": 3}})
    for number in range(8):
        await desk.request(f"number {number}", to_kind="customer", to=str(await new_customer(desk, number)))
    mail, now = Kept(), [0.0]
    async with sender_of(desk, channels(email=mail), monotonic=lambda: now[0]) as sender:
        desk.follow()
        for seconds, sent in ((0.0, 3), (0.9, 3), (1.0, 6), (1.9, 6), (2.0, 8)):
            now[0] = seconds
            await sender.sender.send(sender.connection)
            await sender.sender.drain()
            desk.follow()
            assert len(mail.got) == sent


async def test_what_is_published_later_does_not_change_the_text_of_a_request(desk: Notified) -> None:
    text = {"subject": "Một", "body": "Một"}
    body = {"purpose": "service", "vi": text, "en": text}
    await desk.publish_definition("template", body, "received")
    notification = await desk.request(template_version=1)
    other = {"subject": "Hai", "body": "Hai"}
    await desk.publish_definition("template", body | {"vi": other}, "received")
    mail = Kept()
    await look_once(desk, email=mail)
    assert [(message.id, message.text.subject) for message in mail.got] == [(notification, "Một")]


async def test_a_repetition_goes_before_what_was_requested_after_it(desk: Notified) -> None:
    first, mail = await desk.request("first"), Kept(NotAccepted("receiver_failed"))
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        retry_at = desk.last(first).retry_at
        desk.clock.now = retry_at - timedelta(seconds=1)
        second = await desk.request("second")
        desk.clock.now = retry_at
        await sender.look()
    assert [message.id for message in mail.got] == [first, first, second]


async def test_attempts_that_are_recorded_as_lost_may_take_more_than_the_room_of_a_sender(desk: Notified) -> None:
    for number in range(3):
        await desk.ask(await desk.request(f"number {number}"), StartAttempt(attempt=1))
    desk.clock.now += timedelta(minutes=2)
    desk.follow()
    released = asyncio.Event()

    class Waiting(Attempts):
        async def record_lost(self, notification: UUID, version: int, attempt: int) -> int | None:
            await released.wait()
            return await super().record_lost(notification, version, attempt)

    narrow = SenderSettings(at_once=1, lost_after=timedelta(seconds=60))
    async with sender_of(desk, channels(email=Kept()), narrow, make_attempts=Waiting) as sender:
        for _ in range(2):
            assert await sender.sender.send(sender.connection) > 0
        released.set()
        await sender.sender.drain()
    assert len(desk.all_of(e.NotificationUncertain)) == 3
