"""What the sender recorded while the clock was a year ahead holds nothing up once it is put back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from api.channels.hand_over import NotAccepted
from domain.notification import events as e
from domain.notification.sending import StartAttempt
from tests.support.sending import Kept, Notified, channels, look_once, notified_at, sender_of

pytestmark = pytest.mark.anyio
YEAR = timedelta(days=365)
NIGHT = timedelta(hours=14)
"""After it, it is eleven in the evening, when no care is sent."""


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


async def look_often(desk: Notified, mail: Kept) -> None:
    """One sender looks, finds the rows behind the log, and looks again."""
    async with sender_of(desk, channels(email=mail)) as sender:
        for _ in range(3):
            await sender.look()


async def test_an_attempt_that_began_in_the_future_is_lost(desk: Notified) -> None:
    notification = await desk.request(channel="sms")
    desk.clock.now += YEAR
    await desk.ask(notification, StartAttempt(attempt=1))
    desk.clock.now -= YEAR
    await look_once(desk, sms=Kept())
    assert desk.topics(notification) == ["requested", "attempt_started", "uncertain"]


async def test_an_attempt_that_begins_a_little_later_than_now_is_not_lost(desk: Notified) -> None:
    """The control: another sender may have just begun it, and the clock goes back by seconds."""
    notification = await desk.request(channel="sms")
    desk.clock.now += timedelta(seconds=59)
    await desk.ask(notification, StartAttempt(attempt=1))
    desk.clock.now -= timedelta(seconds=59)
    await look_once(desk, sms=Kept())
    assert desk.topics(notification) == ["requested", "attempt_started"]


@pytest.mark.parametrize("ahead_by", [YEAR, timedelta(hours=1)], ids=["a year", "an hour"])
async def test_what_was_requested_while_the_clock_was_ahead_is_sent(desk: Notified, ahead_by: timedelta) -> None:
    desk.clock.now += ahead_by
    notification, mail = await desk.request(), Kept()
    desk.clock.now -= ahead_by
    await look_often(desk, mail)
    assert desk.topics(notification) == ["requested", "postponed", "attempt_started", "handed_over"]
    assert [message.id for message in mail.got] == [notification]
    assert desk.all_of(e.NotificationPostponed) == [
        e.NotificationPostponed(until=desk.clock.now, why="clock_put_back"),
    ]


async def test_a_repetition_that_waits_for_a_future_instant_is_begun(desk: Notified) -> None:
    mail, now = Kept(NotAccepted("receiver_failed")), desk.clock.now
    notification = await desk.request()
    desk.clock.now = now + YEAR
    await look_once(desk, email=mail)
    assert desk.last(notification).retry_at > now + YEAR
    desk.clock.now = now
    await look_often(desk, mail)
    assert desk.topics(notification)[-4:] == ["failed", "postponed", "attempt_started", "handed_over"]


async def test_what_waits_for_the_morning_of_a_future_day_is_sent_today(desk: Notified) -> None:
    mail, now = Kept(), desk.clock.now
    notification = await desk.care("birthday")
    desk.clock.now = now + YEAR + NIGHT
    await look_once(desk, email=mail)
    assert desk.last(notification).why == "quiet_hours"
    desk.clock.now = now
    await look_often(desk, mail)
    assert [message.id for message in mail.got] == [notification]


async def test_what_waits_for_an_instant_that_was_given_in_time_goes_on_waiting(desk: Notified) -> None:
    """The control: a request for next year, and a repetition in a minute."""
    mail = Kept(NotAccepted("receiver_failed"))
    later = await desk.request("later", not_before=desk.clock.now + YEAR)
    failed = await desk.request("failed")
    await look_often(desk, mail)
    assert (desk.topics(later), desk.topics(failed)[-1]) == (["requested"], "failed")


async def test_what_waits_is_looked_at_once_a_minute(desk: Notified) -> None:
    at = [0.0]
    async with sender_of(desk, channels(email=Kept()), monotonic=partial(at.__getitem__, 0)) as sender:
        await sender.look()
        desk.clock.now += YEAR
        notification = await desk.request()
        desk.clock.now -= YEAR
        for at[0], topics in ((59.9, 1), (60.0, 2)):
            await sender.look()
            assert len(desk.topics(notification)) == topics


async def test_what_was_sent_in_the_future_counts_under_no_cap(desk: Notified) -> None:
    """Care comes once within 24 hours. What was sent an hour ahead still counts, lest it comes twice."""
    mail, now = Kept(), desk.clock.now
    sent = []
    for number, ahead_by in enumerate((YEAR, timedelta(0), timedelta(hours=1))):
        desk.clock.now = now + ahead_by
        sent.append(await desk.care(f"care {number}"))
        await look_once(desk, email=mail)
        desk.clock.now = now
    assert [message.id for message in mail.got] == sent[:2]
