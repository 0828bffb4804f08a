"""Some days of a desk whose contact rules are its own: what was sent, left out and postponed, beside plain bookkeeping.

SENDING_DAYS is the least number of days, SENDING_SEED repeats a run's choices.
"""

import os
import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.customer.commands import AddAddress, MergeCustomer, WithdrawAddress
from domain.customer.facts.commands import GiveConsent, WithdrawConsent
from domain.ids import new_id
from domain.notification.events import AttemptStarted, NotificationRequested, NotificationSuppressed
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket.commands import ReceiveTicket
from tests.support.examples import drawn_seed
from tests.support.plain_sending import ADDRESS_OF, HOUR, Booked, Books, Person, PlainCap, PlainContactRules
from tests.support.sending import NINE, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio
DAYS = int(os.environ.get("SENDING_DAYS", "5"))
SEED = drawn_seed("SENDING_SEED")
KINDS = 6
"""In how many ways requests have ended before a run ends: sent, and reasons for leaving out."""
TEMPLATES = {"service": "received", "care": "birthday", "survey": "csat", "marketing": "repurchase"}
DATA = {
    "customer_name": "Lan", "ticket_reference": "T-1", "ticket_subject": "s", "tenant": "An", "product": "tea",
    "occasion": "x", "day": "x", "link": "x",
}  # fmt: skip
RULES = PlainContactRules(
    opens={"care": (9, 18), "marketing": (10, 16), "survey": (0, 24), "service": (0, 24)},
    rests={"survey": [date(2026, 3, 4)]},
    caps=(
        PlainCap(("care",), None, 1, 24),
        PlainCap(("marketing",), None, 2, 48),
        PlainCap(("survey", "marketing"), ("sms",), 1, 36),
    ),
    window_hours=30,
    window_answers=2,
)


class Days:
    """Gives what happens at random to the desk and to the books alike."""

    def __init__(self, desk: Notified, chooses: random.Random) -> None:
        self.desk = desk
        self.random = chooses
        self.books = Books(RULES)
        self.customers: list[UUID] = []

    async def begin(self) -> None:
        await self.desk.publish_definition("contact-rules", RULES.body)
        for number in range(6):
            customer = UUID(int=7_000 + number)
            await self.desk.customer(customer, f"c{number}@example.vn")
            self.books.people[customer] = Person({"email": True})
            self.customers.append(customer)
            for kind, handle in (("phone", f"09012345{number:02}"), ("zalo", f"z{number}")):
                if self.random.random() < 0.8:
                    await self.desk.ask(customer, AddAddress.model_validate({"channel": kind, "handle": handle}))
                    self.books.people[customer].addresses[kind] = True

    async def happen(self) -> None:
        """One thing, to one customer."""
        customer = self.random.choice(self.customers)
        what = self.random.choices(
            [self.requests, self.consents, self.writes, self.withdraws, self.switches, self.merges],
            [70, 10, 12, 2, 4, 1],
        )[0]
        await what(customer)

    async def requests(self, customer: UUID) -> None:
        purpose, channel = self.random.choice(list(TEMPLATES)), self.random.choice(list(ADDRESS_OF))
        number, now = len(self.books.booked), self.desk.clock.now
        since = now + self.random.choice([0, 0, 3, 11]) * HOUR
        until = since + self.random.choice([1, 9, 30]) * HOUR if self.random.random() < 0.5 else None
        importance = self.random.choice([10, 50, 50, 90])
        stream = await self.desk.request(
            f"k{number}", to=str(customer), channel=channel, purpose=purpose, template=TEMPLATES[purpose], data=DATA,
            importance=importance, not_before=None if since == now else since, not_after=until,
        )  # fmt: skip
        booked = Booked(stream, number, customer, purpose, channel, importance, since, until)
        self.books.booked.append(booked)

    async def consents(self, customer: UUID) -> None:
        purpose: Any = self.random.choice(["care", "survey", "marketing", "marketing"])
        kinds: tuple[Any, ...] = self.random.choice([(), ("email",), ("phone", "zalo")])
        given = self.random.random() < 0.7
        command = GiveConsent(purpose=purpose, channels=kinds, evidence="form") if given else None
        await self.desk.ask(customer, command or WithdrawConsent(purpose=purpose, channels=kinds))
        self.books.people[customer].consents.append((len(self.desk.log()), purpose, kinds, given))

    async def writes(self, customer: UUID) -> None:
        facts = {"channel": "zalo", "subject": "s", "category": "c", "priority": "P3", "customer_id": customer}
        await self.desk.ask(new_id(), ReceiveTicket.model_validate(facts))
        self.books.people[customer].zalo_at = self.desk.clock.now

    async def withdraws(self, customer: UUID) -> None:
        person, number = self.books.people[customer], customer.int - 7_000
        if person.addresses.get("email") and customer in self.customers[:3]:
            command = {"channel": "email", "handle": f"c{number}@example.vn", "reason": "wrong"}
            await self.desk.ask(customer, WithdrawAddress.model_validate(command))
            person.addresses["email"] = False

    async def switches(self, _customer: UUID) -> None:
        switch = ResumeSwitch if self.books.stopped else StopSwitch
        await self.desk.ask(SWITCHES, switch(what="channel", name="sms", reason="r"))
        self.books.stopped ^= {"sms"}

    async def merges(self, customer: UUID) -> None:
        """One of the last customers becomes one person with the fourth."""
        survivor = self.customers[3]
        if customer not in self.customers[4:]:
            return
        await self.desk.ask(customer, MergeCustomer(into=survivor, reason="one person"))
        kept, gone = self.books.people[survivor], self.books.people[customer]
        kept.addresses = gone.addresses | kept.addresses
        kept.consents = sorted(kept.consents + gone.consents)
        kept.zalo_at = max(filter(None, (kept.zalo_at, gone.zalo_at)), default=None)
        self.books.people[customer] = kept
        self.customers.remove(customer)


async def test_each_request_ends_as_plain_bookkeeping_says(database_url: str) -> None:
    chooses = random.Random(SEED)  # noqa: S311 -- chooses what happens
    lane = Kept()
    async with notified_at(database_url) as desk, sender_of(desk, channels(email=lane, sms=lane, zalo=lane)) as sender:
        days = Days(desk, chooses)
        await days.begin()
        while desk.clock.now < NINE + timedelta(days=DAYS) or days.books.kinds_of_outcomes < KINDS:
            for _ in range(chooses.randrange(4)):
                await days.happen()
            await sender.look()
            days.books.look(desk.clock.now)
            desk.clock.now += chooses.choice([1, 2, 5]) * HOUR
        log = desk.log()
    outcomes = {each.stream: "waiting" for each in days.books.booked}
    sent_at: dict[UUID, datetime] = {}
    for event in log:
        if isinstance(event.payload, NotificationSuppressed):
            outcomes[event.stream] = event.payload.why
        elif isinstance(event.payload, AttemptStarted):
            outcomes[event.stream], sent_at[event.stream] = "sent", event.occurred_at
    assert sum(isinstance(event.payload, NotificationRequested) for event in log) == len(outcomes)
    differing = [
        (each, outcomes[each.stream], sent_at.get(each.stream))
        for each in days.books.booked
        if (each.outcome, each.sent_at) != (outcomes[each.stream], sent_at.get(each.stream))
    ]
    assert differing == [], SEED
    assert len(set(outcomes.values()) - {"waiting"}) >= KINDS, outcomes
    assert len(lane.got) == len(sent_at)
