"""Some days of a desk whose contact rules are its own: what was sent, left out and postponed, beside plain bookkeeping.

SENDING_DAYS is the number of days, SENDING_SEED repeats a run's choices.
"""

import os
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from domain.zones import zone_named
from tests.support.sending import NINE, Kept, Notified, channels, notified_at, sender_of

pytestmark = pytest.mark.anyio
DAYS = int(os.environ.get("SENDING_DAYS", "5"))
SEED = int(os.environ.get("SENDING_SEED", time.time_ns()))
HANOI = zone_named("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)
TEMPLATES = {"service": "received", "care": "birthday", "survey": "csat", "marketing": "repurchase"}
DATA = {
    "customer_name": "Lan", "ticket_reference": "T-1", "ticket_subject": "s", "tenant": "An", "product": "tea",
    "occasion": "x", "day": "x", "link": "x",
}  # fmt: skip
ADDRESS_OF = {"email": "email", "sms": "phone", "zalo": "zalo"}
OPENS = {"care": (9, 18), "marketing": (10, 16), "survey": (0, 24), "service": (0, 24)}
"""The hours of each purpose; surveys rest on the third day."""
CAPS = ((("care",), None, 1, 24), (("marketing",), None, 2, 48), (("survey", "marketing"), ("sms",), 1, 36))
"""Purposes, channels, how many within how many hours."""
WINDOW_HOURS, WINDOW_ANSWERS = 30, 2
RULES: dict[str, Any] = {
    "hours": [
        {"purposes": ["care"], "opens": "09:00", "closes": "18:00"},
        {"purposes": ["marketing"], "opens": "10:00", "closes": "16:00"},
    ],
    "quiet_days": [{"name": "rest", "purposes": ["survey"], "first": "2026-03-04", "last": "2026-03-04"}],
    "caps": [
        {"purposes": ["care"], "most": 1, "hours": 24},
        {"purposes": ["marketing"], "most": 2, "hours": 48},
        {"purposes": ["survey", "marketing"], "channels": ["sms"], "most": 1, "hours": 36},
    ],
    "windows": [{"channels": ["zalo"], "hours": WINDOW_HOURS, "most": WINDOW_ANSWERS}],
    "superseded": [],
    "fallbacks": [],
    "rates": {},
}
QUIET_DAY = RULES["quiet_days"][0]["first"]


@dataclass
class Booked:
    """A request, and what is known of it."""

    stream: UUID
    number: int
    customer: UUID
    purpose: str
    channel: str
    importance: int
    due: datetime
    until: datetime | None
    outcome: str = "waiting"
    sent_at: datetime | None = None


@dataclass
class Person:
    """One person, as one customer or as two that were merged."""

    addresses: dict[str, bool] = field(default_factory=dict)
    consents: list[tuple[int, str, tuple[str, ...], bool]] = field(default_factory=list)
    zalo_at: datetime | None = None

    def permits(self, purpose: str, channel: str) -> bool:
        said = [given for _, of, kinds, given in self.consents if of == purpose and (not kinds or channel in kinds)]
        return purpose == "service" or (said[-1] if said else purpose != "marketing")


class Books:
    """Keeps by hand what becomes of each request, by the words of the contract alone."""

    def __init__(self) -> None:
        self.people: dict[UUID, Person] = {}
        self.booked: list[Booked] = []
        self.stopped: set[str] = set()

    def look(self, now: datetime) -> None:
        """What the sender does at an instant: round after round, of each customer the oldest that may be sent."""
        while due := [each for each in self.booked if each.outcome == "waiting" and each.due <= now]:
            said = {each.number: self._judged(each, now, due) for each in due}
            begun: set[UUID] = set()
            for each in due:
                what, at = said[each.number]
                if what == "postpone":
                    each.due = at
                elif what != "send":
                    each.outcome = what
                elif each.customer not in begun:
                    begun.add(each.customer)
                    each.outcome, each.sent_at = "sent", now

    def _judged(self, each: Booked, now: datetime, due: list[Booked] | None) -> tuple[str, datetime]:
        why = self._obstacle(each, now)
        if why is not None:
            return why, now
        opens = _open_from(each.purpose, now)
        if opens > now:
            return self._later(each, opens, "quiet_hours")
        for purposes, over, most, hours in CAPS:
            span = hours * HOUR

            def counts(other: Booked, purposes: Any = purposes, over: Any = over) -> bool:
                same = self.people[other.customer] is self.people[each.customer]
                return same and other.purpose in purposes and (over is None or other.channel in over)

            if not counts(each):
                continue
            times = sorted(o.sent_at for o in self.booked if o.sent_at and o.sent_at > now - span and counts(o))
            if len(times) >= most:
                return self._later(each, times[-most] + span, "frequency_cap")
            ahead = [
                other
                for other in due or ()
                if other is not each
                and counts(other)
                and (-other.importance, other.number) < (-each.importance, each.number)
                and self._may_be_sent_by(now + span, other, now)
            ]
            if len(ahead) >= most - len(times):
                return "superseded", now
        return "send", now

    def _may_be_sent_by(self, end: datetime, each: Booked, now: datetime) -> bool:
        what, at = self._judged(each, now, None)
        return what == "send" or (what == "postpone" and at < end)

    def _obstacle(self, each: Booked, now: datetime) -> str | None:  # noqa: PLR0911 -- one line a reason
        person = self.people[each.customer]
        kind = ADDRESS_OF[each.channel]
        if each.channel in self.stopped:
            return "stopped"
        if each.until is not None and each.until < now:
            return "expired"
        if kind not in person.addresses:
            return "address_unknown"
        if not person.addresses[kind]:
            return "address_withdrawn"
        if not person.permits(each.purpose, kind):
            return "no_consent"
        if each.channel == "zalo":
            word = person.zalo_at
            if word is None or now > word + WINDOW_HOURS * HOUR:
                return "channel_window"
            answers = [
                o for o in self.booked
                if o.channel == "zalo" and o.sent_at and o.sent_at >= word and self.people[o.customer] is person
            ]  # fmt: skip
            if len(answers) >= WINDOW_ANSWERS:
                return "channel_window"
        return None

    def _later(self, each: Booked, until: datetime, why: str) -> tuple[str, datetime]:
        return (why, until) if each.until is not None and until > each.until else ("postpone", until)


def _open_from(purpose: str, now: datetime) -> datetime:
    """The first instant at which a purpose may be sent."""
    first, last = OPENS[purpose]
    local = now.astimezone(HANOI)
    while True:
        rests = purpose == "survey" and f"{local:%Y-%m-%d}" == QUIET_DAY
        if not rests and local.hour < first:
            return local.replace(hour=first, minute=0, second=0)
        if not rests and local.hour < last:
            return local
        local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0)


class Days:
    """Gives what happens at random to the desk and to the books alike."""

    def __init__(self, desk: Notified, chooses: random.Random) -> None:
        self.desk = desk
        self.random = chooses
        self.books = Books()
        self.customers: list[UUID] = []

    async def begin(self) -> None:
        await self.desk.publish_definition("contact-rules", RULES)
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
        while desk.clock.now < NINE + timedelta(days=DAYS):
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
    assert len(set(outcomes.values())) > 5, outcomes
    assert len(lane.got) == len(sent_at)
