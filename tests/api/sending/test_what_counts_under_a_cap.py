"""What a cap looks at: attempts that reached the customer, and notifications that can be sent instead."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from api.channels.hand_over import Lost
from domain.notification import events as e
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES
from tests.support.sending import NINE, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio
DATA = {"customer_name": "Lan", "tenant": "An Phát"}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        await made.publish_definition("contact-rules", {"caps": [{"purposes": ["care"], "most": 1}]})
        yield made


@pytest.mark.parametrize(
    "never_sent",
    [
        {"channel": "zalo"},  # not configured
        {"channel": "sms"},  # no address, as the customer has no telephone
        {"rule": "stopped"},
        {"not_after": NINE - timedelta(hours=1)},
    ],
)
async def test_what_is_never_sent_supersedes_nothing(desk: Notified, never_sent: dict[str, Any]) -> None:
    customer = UUID(int=77)
    await desk.customer(customer, "minh@example.vn")
    await desk.ask(SWITCHES, StopSwitch(what="rule", name="stopped", reason="wrong text"))
    await desk.care("important", **{"to": str(customer), "data": DATA, "importance": 80} | never_sent)
    plain = await desk.care("plain", to=str(customer), data=DATA, importance=50)
    mail = Kept()
    async with sender_of(desk, channels(email=mail, sms=Kept())) as sender:
        await sender.look()
    assert [message.id for message in mail.got] == [plain]


@pytest.mark.parametrize(("day", "sent"), [("2026-03-02", ["important"]), ("2026-03-03", ["plain", "important"])])
async def test_what_goes_when_the_cap_is_over_supersedes_nothing(desk: Notified, day: str, sent: list[str]) -> None:
    """The important one rests until the end of a day: of today, or of tomorrow."""
    quiet = {"name": "rest", "channels": ["sms"], "first": "2026-03-02", "last": day}
    rules = {"caps": [{"purposes": ["care"], "most": 1}], "hours": [], "quiet_days": [quiet]}
    await desk.publish_definition("contact-rules", rules)
    keys = {await desk.care("important", channel="sms", data=DATA, importance=80): "important"}
    keys |= {await desk.care("plain", data=DATA, importance=50): "plain"}
    lane = Kept()
    async with sender_of(desk, channels(email=lane, sms=lane)) as sender:
        for _ in range(4):
            await sender.look()
            desk.clock.now += timedelta(hours=24)
    assert [keys[message.id] for message in lane.got] == sent


async def test_an_attempt_whose_answer_was_lost_does_not_hold_back_its_own_repetition(desk: Notified) -> None:
    notification, mail = await desk.care("one", data=DATA), Kept(Lost())
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now = desk.last(notification).retry_at
        await sender.look()
        assert [message.id for message in mail.got] == [notification, notification]
        other = await desk.care("other", data=DATA)
        await sender.look()
    assert isinstance(desk.last(other), e.NotificationPostponed)
