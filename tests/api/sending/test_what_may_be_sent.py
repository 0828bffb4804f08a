"""The sender judges a notification when it is due: consent, hours, order, what was said meanwhile, stops."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest

from domain.automation.commands import ResumeRule, SuspendRule
from domain.customer.commands import AddAddress, ChangeTier, MergeCustomer, WithdrawAddress
from domain.customer.facts.commands import GiveConsent, WithdrawConsent
from domain.notification import events as e
from domain.notification.commands import RecordDelivery
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket.commands import AssignTicket, PutOnHold, ReceiveMessage
from tests.support.automating import NOTE
from tests.support.events import CUSTOMER, OTHER_CUSTOMER
from tests.support.sending import NINE, Kept, Notified, channels, look_once, notified_at, sender_of

FLOOD = 250
"""More than two pages of the sender."""

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


async def test_a_customer_without_consent_gets_no_advertising(desk: Notified) -> None:
    sms = Kept()
    data = {"customer_name": "Lan", "product": "CRM", "tenant": "An Phát"}
    fields = {"channel": "sms", "purpose": "marketing", "template": "repurchase", "data": data}
    refused = await desk.request("before", **fields)
    await look_once(desk, sms=sms)
    assert desk.last(refused) == e.NotificationSuppressed(why="no_consent")
    await desk.ask(CUSTOMER, GiveConsent(purpose="marketing", channels=("phone",), evidence="form 7"))
    allowed = await desk.request("after", **fields)
    await look_once(desk, sms=sms)
    assert desk.topics(allowed)[-1] == "handed_over"


async def test_a_consent_that_is_withdrawn_between_request_and_hand_over_counts(desk: Notified) -> None:
    notification = await desk.care("birthday", data={"customer_name": "Lan", "tenant": "An Phát"})
    await desk.ask(CUSTOMER, WithdrawConsent(purpose="care"))
    mail = Kept()
    await look_once(desk, email=mail)
    assert desk.last(notification) == e.NotificationSuppressed(why="no_consent")
    assert mail.got == []


async def test_what_comes_at_night_is_sent_in_the_morning_unless_it_is_late_then(desk: Notified) -> None:
    desk.clock.now = NINE + timedelta(hours=14)
    data = {"customer_name": "Lan", "tenant": "An Phát"}
    waits = await desk.care("waits", data=data)
    late = await desk.care("late", data=data, not_after=desk.clock.now + timedelta(hours=2))
    mail = Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        seven = NINE + timedelta(hours=22)
        assert desk.last(waits) == e.NotificationPostponed(until=seven, why="quiet_hours")
        assert desk.last(late) == e.NotificationSuppressed(why="quiet_hours")
        desk.clock.now = seven
        await sender.look()
    assert [message.id for message in mail.got] == [waits]


async def test_of_two_for_one_morning_the_more_important_is_sent_and_the_other_superseded(desk: Notified) -> None:
    data = {"customer_name": "Lan", "tenant": "An Phát"}
    desk.clock.now = NINE + timedelta(hours=14)
    plain = await desk.care("plain", data=data, importance=20)
    urgent = await desk.care("urgent", data=data, importance=80)
    mail = Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now = NINE + timedelta(hours=24)
        await sender.look()
        next_ = await desk.care("next", data=data)
        await sender.look()
    assert [message.id for message in mail.got] == [urgent]
    assert desk.last(plain) == e.NotificationSuppressed(why="superseded")
    assert desk.last(next_) == e.NotificationPostponed(until=NINE + timedelta(hours=48), why="frequency_cap")


async def test_a_question_that_the_customer_has_answered_meanwhile_is_not_asked(desk: Notified) -> None:
    ticket = await desk.receive()
    fields = {"template": "waiting-for-customer", "about": ticket, "about_kind": "ticket"}
    answered = await desk.request("answered", **fields)
    await desk.ask(ticket, ReceiveMessage(body="here it is"))
    question = await desk.request("asked anew", **fields)
    mail = Kept()
    await look_once(desk, email=mail)
    assert desk.last(answered) == e.NotificationSuppressed(why="superseded")
    assert [message.id for message in mail.got] == [question]


async def test_zalo_is_shut_two_days_after_the_last_word_of_the_customer(desk: Notified) -> None:
    await desk.ask(CUSTOMER, AddAddress(channel="zalo", handle="lan88"))
    zalo = Kept()
    shut = await desk.request("shut", channel="zalo")
    await look_once(desk, zalo=zalo)
    assert desk.last(shut) == e.NotificationSuppressed(why="channel_window")
    await desk.receive()
    desk.clock.now += timedelta(hours=48)
    still_open = await desk.request("open", channel="zalo")
    await look_once(desk, zalo=zalo)
    assert [(message.id, message.address) for message in zalo.got] == [(still_open, "lan88")]
    desk.clock.now += timedelta.resolution
    over = await desk.request("over", channel="zalo")
    await look_once(desk, zalo=zalo)
    assert desk.last(over) == e.NotificationSuppressed(why="channel_window")


@pytest.mark.parametrize(
    ("ticket", "message", "opens"),
    [("zalo", None, True), ("email", None, False), ("email", "zalo", True), ("zalo", "email", False)],
)
async def test_a_message_that_names_no_channel_counts_for_the_channel_of_its_ticket(
    desk: Notified, ticket: str, message: Any, *, opens: bool
) -> None:
    await desk.ask(CUSTOMER, AddAddress(channel="zalo", handle="lan88"))
    received = await desk.receive(channel=ticket)
    desk.clock.now += timedelta(hours=49)
    await desk.ask(received, ReceiveMessage(body="are you there?", channel=message))
    await desk.request("an answer", channel="zalo")
    zalo = Kept()
    await look_once(desk, zalo=zalo)
    assert len(zalo.got) == opens


async def test_zalo_takes_eight_answers_to_a_word_of_the_customer(desk: Notified) -> None:
    await desk.ask(CUSTOMER, AddAddress(channel="zalo", handle="lan88"))
    await desk.receive()
    zalo, requests = Kept(), list[UUID]()
    for number in range(9):
        requests.append(await desk.request(f"answer {number}", channel="zalo"))
        await look_once(desk, zalo=zalo)
    assert [message.id for message in zalo.got] == requests[:8]
    assert desk.last(requests[8]) == e.NotificationSuppressed(why="channel_window")


async def test_an_address_that_came_back_is_not_written_to_until_it_is_added_anew(desk: Notified) -> None:
    first, mail = await desk.request("first"), Kept()
    await look_once(desk, email=mail)
    await desk.ask(first, RecordDelivery(status="delivered"))
    desk.clock.now += timedelta(hours=1)
    await desk.ask(first, RecordDelivery(status="bounced"))
    assert desk.last(first) == e.NotificationFailed(attempt=1, permanent=True, why="bounced")
    second = await desk.request("second")
    await look_once(desk, email=mail)
    assert desk.last(second) == e.NotificationSuppressed(why="address_bounced")
    await desk.ask(CUSTOMER, WithdrawAddress(channel="email", handle="lan@example.vn", method="bounce", reason="550"))
    third = await desk.request("third")
    await look_once(desk, email=mail)
    assert desk.last(third) == e.NotificationSuppressed(why="address_withdrawn")
    assert len(mail.got) == 1


async def test_a_merged_customer_is_reached_at_the_address_of_the_survivor_and_what_both_said_counts(
    desk: Notified,
) -> None:
    await desk.customer(OTHER_CUSTOMER, "minh@example.vn")
    await desk.ask(CUSTOMER, WithdrawConsent(purpose="care"))
    notification = await desk.request("one")
    two = await desk.care("two", to=str(OTHER_CUSTOMER), data={"customer_name": "Lan", "tenant": "An Phát"})
    await desk.ask(CUSTOMER, MergeCustomer(into=OTHER_CUSTOMER, reason="the same"))
    mail = Kept()
    await look_once(desk, email=mail)
    assert [(message.id, message.address) for message in mail.got] == [(notification, "minh@example.vn")]
    assert desk.last(two) == e.NotificationSuppressed(why="no_consent")


async def test_nobody_is_reached_who_is_not_registered_or_has_no_address(desk: Notified) -> None:
    nobody = await desk.request("nobody", to=str(UUID(int=77)))
    no_phone = await desk.request("no phone", to=str(CUSTOMER), channel="zalo")
    no_agent = await desk.request("no agent", to_kind="agent", to="Nobody")
    no_endpoint = await desk.request("no endpoint", to_kind="endpoint", to="crm", channel="webhook")
    await desk.publish_definition("contact-rules", {"windows": []})
    await look_once(desk, email=Kept(), zalo=Kept(), webhook_crm=Kept())
    assert desk.last(nobody).why == desk.last(no_agent).why == "recipient_unknown"
    assert desk.last(no_phone).why == "address_unknown"
    assert desk.topics(no_endpoint)[-1] == "handed_over"


@pytest.mark.parametrize(("what", "name"), [("rule", "Received"), ("channel", "email"), ("tenant", "all")])
async def test_what_is_stopped_is_not_sent(desk: Notified, what: Any, name: str) -> None:
    notification = await desk.request(rule="received")
    await desk.ask(SWITCHES, StopSwitch(what=what, name=name, reason="wrong text"))
    mail = Kept()
    await look_once(desk, email=mail)
    assert desk.last(notification) == e.NotificationSuppressed(why="stopped")
    assert mail.got == []


async def test_requests_of_a_stopped_rule_that_fill_pages_are_left_out_and_others_are_sent(desk: Notified) -> None:
    await asyncio.gather(*(desk.request(f"number {number}", rule="flood") for number in range(FLOOD)))
    other = await desk.request("other", rule="calm")
    await desk.ask(SWITCHES, StopSwitch(what="rule", name="flood", reason="wrong text"))
    mail = Kept()
    await look_once(desk, email=mail)
    assert [message.id for message in mail.got] == [other]
    assert len(desk.all_of(e.NotificationSuppressed)) == FLOOD


async def test_a_reminder_of_what_is_no_longer_due_is_not_sent(desk: Notified) -> None:
    shipped = files("domain.automation") / "shipped" / "waiting-for-customer.toml"
    body = tomllib.loads(shipped.read_text(encoding="utf-8"))["body"]
    ticket = await desk.receive()
    await desk.publish_definition("automation", body, "waiting-for-customer")
    await desk.ask(ticket, AssignTicket(agent="An"))
    await desk.ask(ticket, PutOnHold(waiting_for="customer", reason="asked"))
    reminder = {"about": ticket, "about_kind": "ticket", "rule": "waiting-for-customer", "due": "hold/3/1"}
    stands = await desk.request("stands", **reminder)
    mail = Kept()
    await look_once(desk, email=mail)
    waits = await desk.request("waits", **reminder)
    other = await desk.request("other", **reminder | {"rule": "another"})
    await desk.ask(ticket, ReceiveMessage(body="here it is"))
    await look_once(desk, email=mail)
    assert {message.id for message in mail.got} == {stands, other}
    assert desk.last(waits) == e.NotificationSuppressed(why="superseded")


@pytest.mark.parametrize(("tier", "sent"), [("vip", 1), ("gold", 0)])
async def test_a_reminder_of_what_a_tier_is_promised_is_sent_while_it_stands(
    desk: Notified, tier: str, sent: int
) -> None:
    await desk.publish({"customer_tier": "vip", "next_response": "1h"}, {"resolution": "48h"})
    await desk.publish_definition("automation", {"at": {"due": "reply-due"}, "then": [NOTE]}, "reply-due")
    await desk.ask(CUSTOMER, ChangeTier(tier=tier))
    ticket = await desk.receive()
    await desk.ask(ticket, ReceiveMessage(body="are you there?"))
    await desk.request(about=ticket, about_kind="ticket", rule="reply-due", due="next_response/2/0.75")
    mail = Kept()
    await look_once(desk, email=mail)
    assert len(mail.got) == sent


async def test_nobody_is_told_that_a_customer_is_silent_who_wrote_since(desk: Notified) -> None:
    mail = {"do": "notify", "to": "customer", "channel": "email", "purpose": "service", "template": "received"}
    rule = {
        "title": {"vi": "Im lặng", "en": "Silent"},
        "at": {"due": "silent-customer", "days": {"*": 1}},
        "then": [mail | {"data": {"ticket_reference": "T-1", "ticket_subject": "Silence"}}],
    }
    await desk.publish_definition("automation", rule, "silent")
    ticket, word = await desk.receive(), f"word/{desk.clock.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    reminder = {"about": CUSTOMER, "about_kind": "customer", "rule": "silent", "due": word}
    desk.clock.now += timedelta(days=1)
    stands = await desk.request("stands", **reminder)
    box = Kept()
    await look_once(desk, email=box)
    waits = await desk.request("waits", **reminder)
    await desk.ask(ticket, ReceiveMessage(body="hello"))
    await look_once(desk, email=box)
    assert [message.id for message in box.got] == [stands]
    assert desk.last(waits) == e.NotificationSuppressed(why="superseded")


async def test_a_request_of_a_rule_that_is_suspended_for_its_subject_is_not_sent(desk: Notified) -> None:
    ticket, another = await desk.receive(), await desk.receive()
    about = {"about_kind": "ticket", "rule": "reminding"}
    waits = await desk.request("waits", about=ticket, **about)
    elsewhere = await desk.request("elsewhere", about=another, **about)
    of_another = await desk.request("other", about=ticket, about_kind="ticket", rule="another")
    await desk.ask(ticket, SuspendRule(subject_kind="ticket", rule="reminding", version=1, why="rate"))
    mail = Kept()
    await look_once(desk, email=mail)
    assert {message.id for message in mail.got} == {elsewhere, of_another}
    assert desk.last(waits) == e.NotificationSuppressed(why="stopped")
    await desk.ask(ticket, ResumeRule(subject_kind="ticket", rule="reminding", reason="mended"))
    again = await desk.request("again", about=ticket, **about)
    await look_once(desk, email=mail)
    assert mail.got[-1].id == again
