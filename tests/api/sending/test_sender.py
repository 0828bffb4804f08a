"""The sender hands over what is due, once, and records what became of it."""

import asyncio
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest

from api.channels.configuration import Lane
from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.workers.sending.judging import Judge, JudgedNotification
from api.workers.sending.sender import Running, SenderSettings
from domain.automation.commands import ResumeRule, SuspendRule
from domain.customer.commands import AddAddress, MergeCustomer, WithdrawAddress
from domain.customer.facts.commands import GiveConsent, WithdrawConsent
from domain.event_log.advisory_locks import AdvisoryLock
from domain.notification import events as e
from domain.notification.commands import RecordDelivery, RequestResend
from domain.notification.sending import StartAttempt
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES
from domain.template.rendering import rendered
from domain.template.shipped_templates import ShippedTemplates
from domain.ticket.commands import AssignTicket, PutOnHold, ReceiveMessage
from tests.support.events import CUSTOMER, OTHER_CUSTOMER
from tests.support.sending import DATA, NINE, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Notified]:
    async with notified_at(database_url) as made:
        yield made


async def looked(desk: Notified, **lanes: Any) -> None:
    async with sender_of(desk, channels(**lanes)) as sender:
        await sender.look()


async def test_a_notification_is_handed_over_once_and_its_text_is_proven(desk: Notified) -> None:
    one, mail = await desk.request(), Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        await sender.look()
    text = rendered(ShippedTemplates()["received"], "vi", DATA)
    (message,) = mail.got
    assert (message.id, message.address, message.text) == (one, "lan@example.vn", text)
    assert desk.topics(one) == ["requested", "attempt_started", "handed_over"]
    (started,) = desk.all_of(e.AttemptStarted)
    assert started == e.AttemptStarted(attempt=1, address="lan@example.vn", text_hash=text.text_hash)
    assert desk.last(one) == e.NotificationHandedOver(attempt=1, provider_id="m-1")


async def test_without_a_channel_a_request_waits(desk: Notified) -> None:
    one = await desk.request()
    await looked(desk)
    await looked(desk, sms=Kept())
    assert desk.topics(one) == ["requested"]


async def test_a_failed_attempt_is_repeated_after_its_pause_with_the_same_id(desk: Notified) -> None:
    one, mail = await desk.request(), Kept(NotAccepted("receiver_failed"))
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now = desk.last(one).retry_at - timedelta(microseconds=1)
        await sender.look()
        assert len(mail.got) == 1
        desk.clock.now += timedelta(microseconds=1)
        await sender.look()
    assert [message.id for message in mail.got] == [one, one]
    assert desk.topics(one)[-3:] == ["failed", "attempt_started", "handed_over"]


async def test_after_seven_attempts_it_is_a_dead_letter_and_a_person_has_it_sent_again(desk: Notified) -> None:
    one, mail = await desk.request(), Kept(*[NotAccepted("receiver_failed")] * 7)
    async with sender_of(desk, channels(email=mail)) as sender:
        for _ in range(10):
            await sender.look()
            desk.clock.now += timedelta(days=2)
        assert len(mail.got) == 7
        assert desk.last(one).permanent
        await desk.ask(one, RequestResend(reason="repaired"))
        await sender.look()
    assert desk.last(one) == e.NotificationHandedOver(attempt=8, provider_id="m-8")


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


async def test_an_attempt_of_a_sender_that_was_killed_is_recorded_as_uncertain_by_the_next_one(desk: Notified) -> None:
    one = await desk.request(channel="sms")
    await desk.ask(one, StartAttempt(attempt=1))
    sms = Kept()
    async with sender_of(desk, channels(sms=sms)) as sender:
        desk.clock.now += timedelta(seconds=59)
        await sender.look()
        assert desk.topics(one)[-1] == "attempt_started"
        desk.clock.now += timedelta(seconds=2)
        await sender.look()
        assert desk.topics(one)[-1] == "uncertain"
        desk.clock.now += timedelta(days=1)
        await sender.look()
    assert sms.got == []


async def test_a_customer_without_consent_gets_no_advertising(desk: Notified) -> None:
    sms = Kept()
    data = {"customer_name": "Lan", "product": "CRM", "tenant": "An Phát"}
    fields = {"channel": "sms", "purpose": "marketing", "template": "repurchase", "data": data}
    refused = await desk.request("before", **fields)
    await looked(desk, sms=sms)
    assert desk.last(refused) == e.NotificationSuppressed(why="no_consent")
    await desk.ask(CUSTOMER, GiveConsent(purpose="marketing", channels=("phone",), evidence="form 7"))
    allowed = await desk.request("after", **fields)
    await looked(desk, sms=sms)
    assert desk.topics(allowed)[-1] == "handed_over"


async def test_a_consent_that_is_withdrawn_between_request_and_hand_over_counts(desk: Notified) -> None:
    one = await desk.care("birthday", data={"customer_name": "Lan", "tenant": "An Phát"})
    await desk.ask(CUSTOMER, WithdrawConsent(purpose="care"))
    mail = Kept()
    await looked(desk, email=mail)
    assert desk.last(one) == e.NotificationSuppressed(why="no_consent")
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
    asked = await desk.request("asked anew", **fields)
    mail = Kept()
    await looked(desk, email=mail)
    assert desk.last(answered) == e.NotificationSuppressed(why="superseded")
    assert [message.id for message in mail.got] == [asked]


async def test_zalo_is_shut_two_days_after_the_last_word_of_the_customer(desk: Notified) -> None:
    await desk.ask(CUSTOMER, AddAddress(channel="zalo", handle="lan88"))
    zalo = Kept()
    shut = await desk.request("shut", channel="zalo")
    await looked(desk, zalo=zalo)
    assert desk.last(shut) == e.NotificationSuppressed(why="channel_window")
    await desk.receive()
    desk.clock.now += timedelta(hours=47)
    still_open = await desk.request("open", channel="zalo")
    await looked(desk, zalo=zalo)
    assert [(message.id, message.address) for message in zalo.got] == [(still_open, "lan88")]


async def test_an_address_that_came_back_is_not_written_to_until_it_is_added_anew(desk: Notified) -> None:
    first, mail = await desk.request("first"), Kept()
    await looked(desk, email=mail)
    await desk.ask(first, RecordDelivery(status="delivered"))
    desk.clock.now += timedelta(hours=1)
    await desk.ask(first, RecordDelivery(status="bounced"))
    assert desk.last(first) == e.NotificationFailed(attempt=1, permanent=True, why="bounced")
    second = await desk.request("second")
    await looked(desk, email=mail)
    assert desk.last(second) == e.NotificationSuppressed(why="address_bounced")
    await desk.ask(CUSTOMER, WithdrawAddress(channel="email", handle="lan@example.vn", method="bounce", reason="550"))
    third = await desk.request("third")
    await looked(desk, email=mail)
    assert desk.last(third) == e.NotificationSuppressed(why="address_withdrawn")
    assert len(mail.got) == 1


async def test_a_merged_customer_is_reached_at_the_address_of_the_survivor_and_what_both_said_counts(
    desk: Notified,
) -> None:
    await desk.customer(OTHER_CUSTOMER, "minh@example.vn")
    await desk.ask(CUSTOMER, WithdrawConsent(purpose="care"))
    one = await desk.request("one")
    two = await desk.care("two", to=str(OTHER_CUSTOMER), data={"customer_name": "Lan", "tenant": "An Phát"})
    await desk.ask(CUSTOMER, MergeCustomer(into=OTHER_CUSTOMER, reason="the same"))
    mail = Kept()
    await looked(desk, email=mail)
    assert [(message.id, message.address) for message in mail.got] == [(one, "minh@example.vn")]
    assert desk.last(two) == e.NotificationSuppressed(why="no_consent")


async def test_nobody_is_reached_who_is_not_registered_or_has_no_address(desk: Notified) -> None:
    nobody = await desk.request("nobody", to=str(UUID(int=77)))
    no_phone = await desk.request("no phone", to=str(CUSTOMER), channel="zalo")
    no_agent = await desk.request("no agent", to_kind="agent", to="Nobody")
    no_endpoint = await desk.request("no endpoint", to_kind="endpoint", to="crm", channel="webhook")
    await desk.publish_definition("contact-rules", {"windows": []})
    await looked(desk, email=Kept(), zalo=Kept(), webhook_crm=Kept())
    assert desk.last(nobody).why == desk.last(no_agent).why == "recipient_unknown"
    assert desk.last(no_phone).why == "address_unknown"
    assert desk.topics(no_endpoint)[-1] == "handed_over"


@pytest.mark.parametrize(("what", "name"), [("rule", "Received"), ("channel", "email"), ("tenant", "all")])
async def test_what_is_stopped_is_not_sent(desk: Notified, what: Any, name: str) -> None:
    one = await desk.request(rule="received")
    await desk.ask(SWITCHES, StopSwitch(what=what, name=name, reason="wrong text"))
    mail = Kept()
    await looked(desk, email=mail)
    assert desk.last(one) == e.NotificationSuppressed(why="stopped")
    assert mail.got == []


async def test_an_endpoint_that_is_gone_gets_nothing_more_until_a_person_resumes_it(desk: Notified) -> None:
    crm = Kept(NotAccepted("endpoint_gone", permanent=True, gone=True))
    fields = {"to_kind": "endpoint", "to": "crm", "channel": "webhook"}
    first = await desk.request("first", **fields)
    await looked(desk, webhook_crm=crm)
    second = await desk.request("second", **fields)
    await looked(desk, webhook_crm=crm)
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

    asked = [await desk.request(f"number {number}") for number in range(8)]
    mail = Counting()
    async with sender_of(desk, channels(email=mail)) as sender:
        while len(mail.got) < 8:
            desk.follow()
            await sender.sender.send(sender.connection)
            await asyncio.sleep(0.005)
        await sender.sender.drain()
    assert [message.id for message in mail.got] == asked
    assert mail.most == 1


async def test_a_channel_begins_no_more_in_a_second_than_its_rate(desk: Notified) -> None:
    await desk.publish_definition("contact-rules", {"rates": {"email": 3}})
    for number in range(8):
        await desk.request(f"number {number}", to_kind="customer", to=str(await _new_customer(desk, number)))
    mail = Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        desk.follow()
        for _ in range(3):
            await sender.sender.send(sender.connection)
            await sender.sender.drain()
            desk.follow()
        assert len(mail.got) == 3
        now = iter(range(10**9, 10**9 + 1_000))
        sender.sender._monotonic = lambda: float(next(now))
        for _ in range(8):
            await sender.sender.send(sender.connection)
            await sender.sender.drain()
            desk.follow()
    assert len(mail.got) == 8


async def _new_customer(desk: Notified, number: int) -> UUID:
    customer = UUID(int=5_000 + number)
    await desk.customer(customer, f"c{number}@example.vn")
    return customer


async def test_a_second_sender_waits_while_the_first_one_works(desk: Notified) -> None:
    one, first, second = await desk.request(), Kept(), Kept()
    async with sender_of(desk, channels(email=first)) as leading:
        await leading.look()
        two = await desk.request("two")
        async with sender_of(desk, channels(email=second)) as waiting:
            await waiting.look()
        await leading.look()
    assert [message.id for message in first.got] == [one, two]
    assert second.got == []


async def test_two_senders_by_accident_begin_an_attempt_once(desk: Notified) -> None:
    ids = {await desk.request(f"number {number}", to=str(await _new_customer(desk, number))) for number in range(20)}
    desk.follow()
    got = Kept()
    async with (
        sender_of(desk, channels(email=got), lock=AdvisoryLock("one")) as one,
        sender_of(desk, channels(email=got), lock=AdvisoryLock("other")) as other,
    ):
        await asyncio.gather(one.sender.send(one.connection), other.sender.send(other.connection))
        await asyncio.gather(one.sender.drain(), other.sender.drain())
        await one.look()
    assert len(got.got) == 20
    assert {message.id for message in got.got} == ids
    assert len(desk.all_of(e.AttemptStarted)) == 20


async def test_a_clock_that_is_put_back_sends_nothing_twice(desk: Notified) -> None:
    one, mail = await desk.request(), Kept()
    async with sender_of(desk, channels(email=mail)) as sender:
        await sender.look()
        desk.clock.now -= timedelta(days=1)
        await sender.look()
        desk.clock.now += timedelta(days=30)
        await sender.look()
    assert [message.id for message in mail.got] == [one]


async def test_a_thousand_requests_of_a_stopped_rule_are_left_out_and_others_are_sent(desk: Notified) -> None:
    await asyncio.gather(*(desk.request(f"number {number}", rule="flood") for number in range(1_000)))
    other = await desk.request("other", rule="calm")
    await desk.ask(SWITCHES, StopSwitch(what="rule", name="flood", reason="wrong text"))
    mail = Kept()
    await looked(desk, email=mail)
    assert [message.id for message in mail.got] == [other]
    assert len(desk.all_of(e.NotificationSuppressed)) == 1_000


async def test_what_is_published_later_does_not_change_the_text_of_a_request(desk: Notified) -> None:
    text = {"subject": "Một", "body": "Một"}
    body = {"purpose": "service", "vi": text, "en": text}
    await desk.publish_definition("template", body, "received")
    one = await desk.request(template_version=1)
    other = {"subject": "Hai", "body": "Hai"}
    await desk.publish_definition("template", body | {"vi": other}, "received")
    mail = Kept()
    await looked(desk, email=mail)
    assert [(message.id, message.text.subject) for message in mail.got] == [(one, "Một")]


async def test_a_channel_that_breaks_is_a_lost_answer_and_names_no_secret(
    desk: Notified, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def hand_over(self, _message: OutgoingMessage) -> HandOver:
            raise RuntimeError("password 1234")

    one = await desk.request(channel="sms")
    await looked(desk, sms=Broken())
    assert desk.topics(one)[-1] == "uncertain"
    assert "1234" not in caplog.text


async def test_what_was_taken_is_recorded_although_the_provider_told_of_the_delivery_first(desk: Notified) -> None:
    one = await desk.request()

    class Quick(Kept):
        async def hand_over(self, message: OutgoingMessage) -> HandOver:
            await desk.ask(message.id, RecordDelivery(status="delivered"))
            return Taken()

    await looked(desk, email=Quick())
    assert desk.topics(one) == ["requested", "attempt_started", "delivered"]


async def test_a_notification_that_cannot_be_judged_keeps_back_no_other(
    desk: Notified, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [await desk.request(f"number {n}", to=str(await _new_customer(desk, n))) for n in range(5)]
    broken = asked[2]
    judged = Judge.judged

    def fails(self: Judge, ids: Sequence[UUID], lanes: Collection[Lane]) -> list[JudgedNotification]:
        if broken in ids:
            raise ValueError("a fault")
        return judged(self, ids, lanes)

    monkeypatch.setattr(Judge, "judged", fails)
    mail = Kept()
    await looked(desk, email=mail)
    assert {message.id for message in mail.got} == set(asked) - {broken}
    assert caplog.text.count("cannot be judged") == 1


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
    await looked(desk, email=mail)
    waits = await desk.request("waits", **reminder)
    other = await desk.request("other", **reminder | {"rule": "another"})
    await desk.ask(ticket, ReceiveMessage(body="here it is"))
    await looked(desk, email=mail)
    assert {message.id for message in mail.got} == {stands, other}
    assert desk.last(waits) == e.NotificationSuppressed(why="superseded")


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


async def test_a_sender_without_room_and_without_rows_has_nothing_more_to_do(desk: Notified) -> None:
    async with sender_of(desk, channels(email=Kept()), SenderSettings(at_once=1)) as sender:
        desk.follow()
        in_hand = Running([], Counter({("email", None): 3}), set())
        rows = sender.sender._due_rows(sender.connection, NINE, in_hand, {})
    assert rows == ({}, False)


async def test_a_sender_remembers_a_bounded_number_of_faults(desk: Notified, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_self: Judge, _ids: Sequence[UUID], _lanes: Collection[Lane]) -> list[JudgedNotification]:
        raise ValueError("a fault")

    monkeypatch.setattr(Judge, "judged", fails)
    for number in range(5):
        await desk.request(f"number {number}")
    async with sender_of(desk, channels(email=Kept()), SenderSettings(faulty=3)) as sender:
        desk.follow()
        await sender.sender.send(sender.connection)
        assert len(sender.sender._faulty) == 3


async def test_a_request_of_a_rule_that_is_suspended_for_its_subject_is_not_sent(desk: Notified) -> None:
    ticket, another = await desk.receive(), await desk.receive()
    about = {"about_kind": "ticket", "rule": "reminding"}
    waits = await desk.request("waits", about=ticket, **about)
    elsewhere = await desk.request("elsewhere", about=another, **about)
    of_another = await desk.request("other", about=ticket, about_kind="ticket", rule="another")
    await desk.ask(ticket, SuspendRule(subject_kind="ticket", rule="reminding", version=1, why="rate"))
    mail = Kept()
    await looked(desk, email=mail)
    assert {message.id for message in mail.got} == {elsewhere, of_another}
    assert desk.last(waits) == e.NotificationSuppressed(why="stopped")
    await desk.ask(ticket, ResumeRule(subject_kind="ticket", rule="reminding", reason="mended"))
    again = await desk.request("again", about=ticket, **about)
    await looked(desk, email=mail)
    assert mail.got[-1].id == again
