"""What rules say to customers: over a channel on which they have an address, and reviewed where replies are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.customer.commands import AddAddress, RegisterCustomer
from domain.ids import new_id
from domain.notification.events import NotificationRequested
from domain.ticket import commands as t
from tests.support.automating import Automated, automated, react

pytestmark = pytest.mark.anyio

NOTIFY = {"do": "notify", "to": "customer", "channel": "email", "template": "received"}
REPLY = {"do": "reply", "template": "received"}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


async def told(desk: Automated, addresses: dict[str, str], **effect: Any) -> str:
    """The channel over which the customer of a new ticket is told."""
    await desk.publish("telling", {"on": ["ticket.received"], "then": [NOTIFY | effect]})
    customer = new_id()
    await desk.ask(customer, RegisterCustomer(name="Lan"))
    for channel, handle in addresses.items():
        await desk.ask(customer, AddAddress.model_validate({"channel": channel, "handle": handle}))
    async with desk.reactor() as reactor:
        await desk.receive(customer=customer)
        await react(reactor)
    (requested,) = [event.payload for event in desk.log() if isinstance(event.payload, NotificationRequested)]
    assert requested.to == str(customer)
    return requested.channel


@pytest.mark.parametrize(
    ("addresses", "channel"),
    [
        ({"email": "lan@example.vn", "phone": "0901234567"}, "email"),
        ({"phone": "0901234567"}, "sms"),
        ({"zalo": "lan", "phone": "0901234567"}, "sms"),
        ({"zalo": "lan"}, "zalo"),
        ({}, "email"),
    ],
)
async def test_who_has_no_mail_is_told_over_another_channel(
    desk: Automated, addresses: dict[str, str], channel: str
) -> None:
    assert await told(desk, addresses) == channel


async def test_a_channel_without_a_row_in_the_contact_rules_has_no_other_one(desk: Automated) -> None:
    assert await told(desk, {"email": "lan@example.vn"}, channel="zalo") == "zalo"


async def test_the_contact_rules_of_the_tenant_say_which_channel_follows(desk: Automated) -> None:
    await desk.publish("tenant", {"fallbacks": [{"channels": ["email"], "to": ["zalo"]}]}, "contact-rules")
    assert await told(desk, {"zalo": "lan", "phone": "0901234567"}) == "zalo"


async def test_no_other_channel_is_taken_where_the_tenant_names_none(desk: Automated) -> None:
    await desk.publish("tenant", {"fallbacks": []}, "contact-rules")
    assert await told(desk, {"phone": "0901234567"}) == "email"


@pytest.mark.parametrize(
    ("review", "topics"),
    [
        ({"categories": ["login"]}, ["ticket.reply_proposed", "automation.fired"]),
        ({"automated": True}, ["ticket.reply_proposed", "automation.fired"]),
        ({"categories": ["billing"]}, ["ticket.reply_sent", "automation.fired"]),
    ],
)
async def test_a_reply_that_needs_a_review_is_proposed(
    desk: Automated, review: dict[str, Any], topics: list[str]
) -> None:
    await desk.publish("tenant", review, "review")
    await desk.publish("answering", {"on": ["ticket.received"], "then": [REPLY]})
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.topics(ticket)[1:] == topics
    (fired,) = desk.recorded(ticket)
    assert [(each.command, each.events, each.refused) for each in fired.outcomes] == [("reply", 1, None)]  # type: ignore[union-attr]  # it fired


async def test_a_reply_that_is_refused_for_another_reason_is_not_proposed(desk: Automated) -> None:
    await desk.publish("answering", {"on": ["ticket.closed"], "then": [REPLY]})
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.ResolveTicket(resolution="done"))
        await desk.ask(ticket, t.CloseTicket())
        await react(reactor)
    (fired,) = desk.recorded(ticket)
    assert [each.refused for each in fired.outcomes] != [None]  # type: ignore[union-attr]  # it fired
    assert "ticket.reply_proposed" not in desk.topics(ticket)


@pytest.mark.parametrize(("body", "why"), [("Máy lọc", None), ("{product}", "placeholder_missing")])
async def test_a_reply_says_that_a_value_is_missing_which_a_later_version_of_its_template_needs(
    desk: Automated, body: str, why: str | None
) -> None:
    text = {"subject": "Cảm ơn", "body": "Cảm ơn"}
    await desk.publish("own", {"purpose": "service", "vi": text, "en": text}, "template")
    await desk.publish("answering", {"on": ["ticket.received"], "then": [REPLY | {"template": "own"}]})
    later = text | {"body": body}
    await desk.publish("own", {"purpose": "service", "vi": later, "en": later}, "template")
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    (fired,) = desk.recorded(ticket)
    assert [each.refused for each in fired.outcomes] == [why]  # type: ignore[union-attr]  # it fired
