"""The sender beside another one, after a kill, with a clock that is put back, and with faults of channels."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from api.channels.configuration import Lane
from api.channels.hand_over import HandOver, OutgoingMessage, Taken
from api.workers.leader_election import Lead
from api.workers.sending.attempts import Attempts
from api.workers.sending.judging import Judge, JudgedNotification
from api.workers.sending.sender import SenderSettings
from domain.notification import events as e
from domain.notification.commands import RecordDelivery
from domain.notification.sending import StartAttempt
from tests.support.sending import Kept, Notified, channels, look_once, new_customer, notified_at, sender_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


async def test_an_attempt_of_a_sender_that_was_killed_is_recorded_as_uncertain_by_the_next_one(desk: Notified) -> None:
    notification = await desk.request(channel="sms")
    await desk.ask(notification, StartAttempt(attempt=1))
    sms = Kept()
    async with sender_of(desk, channels(sms=sms)) as sender:
        desk.clock.now += timedelta(seconds=59)
        await sender.look()
        assert desk.topics(notification)[-1] == "attempt_started"
        desk.clock.now += timedelta(seconds=2)
        await sender.look()
        assert desk.topics(notification)[-1] == "uncertain"
        desk.clock.now += timedelta(days=1)
        await sender.look()
    assert sms.got == []


async def test_an_attempt_that_was_recorded_too_long_ago_hands_nothing_over(desk: Notified) -> None:
    """Another sender may have taken it for lost and begun the next one."""
    notification, sms = await desk.request(channel="sms"), Kept()
    stale = partial(Attempts, fresh=timedelta(seconds=-1))
    async with sender_of(desk, channels(sms=sms), make_attempts=stale) as sender:
        await sender.look()
    assert sms.got == []
    assert desk.last(notification).why == "begun_too_late"
    desk.clock.now += timedelta(minutes=2)
    await look_once(desk, sms=sms)
    assert len(sms.got) == 1


async def test_a_second_sender_waits_while_the_first_one_works(desk: Notified) -> None:
    notification, first, second = await desk.request(), Kept(), Kept()
    async with sender_of(desk, channels(email=first)) as leading:
        await leading.look()
        two = await desk.request("two")
        async with sender_of(desk, channels(email=second)) as waiting:
            await waiting.look()
        await leading.look()
    assert [message.id for message in first.got] == [notification, two]
    assert second.got == []


async def test_two_senders_by_accident_begin_an_attempt_once(desk: Notified, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both believe that they have the lead."""
    monkeypatch.setattr(Lead, "is_held_by", lambda *_: True)
    ids = {await desk.request(f"number {number}", to=str(await new_customer(desk, number))) for number in range(20)}
    desk.follow()
    got = Kept()
    async with (
        sender_of(desk, channels(email=got)) as former,
        sender_of(desk, channels(email=got)) as other,
    ):
        await asyncio.gather(former.sender.send(former.connection), other.sender.send(other.connection))
        await asyncio.gather(former.sender.drain(), other.sender.drain())
        await former.look()
    assert len(got.got) == 20
    assert {message.id for message in got.got} == ids
    assert len(desk.all_of(e.AttemptStarted)) == 20


async def test_a_clock_that_is_put_back_sends_nothing_twice(desk: Notified) -> None:
    notification, mail = await desk.request(), Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now -= timedelta(days=1)
        await sender.look()
        desk.clock.now += timedelta(days=30)
        await sender.look()
    assert [message.id for message in mail.got] == [notification]


async def test_a_channel_that_breaks_is_a_lost_answer_and_names_no_secret(
    desk: Notified, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def hand_over(self, _message: OutgoingMessage) -> HandOver:
            raise RuntimeError("password 1234")

    notification = await desk.request(channel="sms")
    await look_once(desk, sms=Broken())
    assert desk.topics(notification)[-1] == "uncertain"
    assert "1234" not in caplog.text


async def test_what_was_taken_is_recorded_although_the_provider_told_of_the_delivery_first(desk: Notified) -> None:
    notification = await desk.request()

    class Quick(Kept):
        async def hand_over(self, message: OutgoingMessage) -> HandOver:
            await desk.ask(message.id, RecordDelivery(status="delivered"))
            return Taken()

    await look_once(desk, email=Quick())
    assert desk.topics(notification) == ["requested", "attempt_started", "delivered"]


async def test_a_notification_that_cannot_be_judged_keeps_back_no_other(
    desk: Notified, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [await desk.request(f"number {n}", to=str(await new_customer(desk, n))) for n in range(5)]
    broken = requests[2]
    judged = Judge.judged

    def fails(self: Judge, ids: Sequence[UUID], lanes: Collection[Lane]) -> list[JudgedNotification]:
        if broken in ids:
            raise ValueError("a fault")
        return judged(self, ids, lanes)

    monkeypatch.setattr(Judge, "judged", fails)
    mail = Kept()
    await look_once(desk, email=mail)
    assert {message.id for message in mail.got} == set(requests) - {broken}
    assert caplog.text.count("cannot be judged") == 1


async def test_a_sender_remembers_a_bounded_number_of_faults(
    desk: Notified, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six faulty ones the last three are remembered; the others are judged, and logged, again."""

    def fails(*_: object, **_lanes: object) -> list[JudgedNotification]:
        raise ValueError("a fault")

    monkeypatch.setattr(Judge, "judged", fails)
    for number in range(5):
        await desk.request(f"number {number}")
    async with sender_of(desk, channels(email=Kept()), SenderSettings(faulty=3)) as sender:
        desk.follow()
        await sender.sender.send(sender.connection)
        assert caplog.text.count("cannot be judged") == 5
        await desk.request("number 6")
        desk.follow()
        for logged in (6, 9):
            await sender.sender.send(sender.connection)
            assert caplog.text.count("cannot be judged") == logged
