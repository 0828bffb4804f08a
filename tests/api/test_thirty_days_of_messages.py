"""Thirty simulated days with rules at random: who was told what and when, or why not, is what brute force expects.

MESSAGES_SEED repeats the choices of a run.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from api.workers.due_watch import DueWatch
from api.workers.leader_election import Lead
from domain.automation.events import AutomationFired, AutomationPassedOver
from domain.ids import new_id
from domain.notification.events import AttemptStarted, NotificationSuppressed
from domain.ticket.commands import AssignTicket
from tests.support.automating import automated, react
from tests.support.drawn_days import (
    BEGIN,
    END,
    PURPOSES,
    TOPICS,
    command_of,
    drawn_contact_rules,
    drawn_lives,
    drawn_rules,
)  # fmt: skip
from tests.support.events import AGENT, IMPORT
from tests.support.examples import THOROUGH
from tests.support.plain_messages import PlainDesk, PlainRule, Told
from tests.support.plain_reminders import DAY, HOUR, Done, Life
from tests.support.plain_sending import Books, Person
from tests.support.reminding import Reminded, reminded, reminding
from tests.support.sending import Kept, channels, sender_of

pytestmark = pytest.mark.anyio
SEEDS = [int(seed) for seed in os.environ.get("MESSAGES_SEED", "1 2 3 4 5" if THOROUGH else "1").split()]
DOWN = (BEGIN + 9 * DAY, BEGIN + 12 * DAY)
"""Nothing runs meanwhile."""
OFFICE = {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "public_holidays": "VN", "week": {"mon-fri": ["08:00-17:00"]}}
TEXT = {"subject": "Chào {customer_name}", "body": "Chào"}


def body_of(rule: PlainRule) -> dict[str, Any]:
    """The definition that says the same as a plain rule."""
    notify = {
        "do": "notify", "to": "customer", "channel": rule.channel, "purpose": rule.purpose, "template": rule.purpose,
        "importance": rule.importance,
    }  # fmt: skip
    if rule.kept is not None:
        notify["not_after"] = int(rule.kept.total_seconds())
    given = {name: value for name, value in rule.given.items() if value is not None}
    given |= {
        name: [f"{each}{unit}" for each in given[name]]
        for name, unit in (("after", "h"), ("before", "m"))
        if name in given
    }
    body: dict[str, Any] = {"then": [notify], "stale_after": int(rule.stale.total_seconds())}
    body |= {"at": {"due": rule.of} | given} if rule.event is None else {"on": [TOPICS[rule.event]]}
    if rule.quiet:
        body["quiet"] = "Office"
    if rule.tiers:
        body["when"] = {"field": "customer.tier", "value": list(rule.tiers)}
    return body


def drawn_looks(random: Random) -> list[datetime]:
    """Some instants of each day, without the downtime."""
    looks = (BEGIN + hour * HOUR for hour in range(1, 30 * 24) if random.random() < 0.2)
    return [look for look in looks if not DOWN[0] <= look < DOWN[1]]


class Days:
    """One run: rules, what people do, and when everything looks."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 -- no secret
        self.rules, self.contact = drawn_rules(random), drawn_contact_rules(random)
        self.lives, self.looks = drawn_lives(random), drawn_looks(random)
        self.ids = {life.name: new_id() for life in self.lives}

    def moments(self) -> Iterator[tuple[datetime, Life | None, Done | None]]:
        """What people do and the looks, in the order of time."""
        steps = [(done.at, life, done) for life in self.lives for done in life.done if done.at < END]
        yield from sorted([*steps, *((look, None, None) for look in self.looks)], key=lambda moment: moment[0])

    async def begin(self, desk: Reminded) -> None:
        desk.clock.now = BEGIN
        await desk.calendar(OFFICE)
        await desk.define("contact-rules", self.contact.body)
        for purpose in PURPOSES:
            await desk.define("template", {"purpose": purpose, "vi": TEXT, "en": TEXT}, purpose)
        for rule in self.rules:
            await desk.define("automation", body_of(rule), rule.name)

    async def happen(self, desk: Reminded, life: Life, done: Done) -> None:
        by = IMPORT if life.imported else AGENT
        await desk.ask(self.ids[life.name], command_of(life, done, self.ids), by)
        if done.what == "receive":
            await desk.ask(self.ids[life.name], AssignTicket(agent="an"), by)

    async def simulated(self, desk: Reminded) -> None:
        """Does everything in the order of time. In between two of each worker look at once; of the reactors each
        believes that it is alone.
        """
        lanes = channels(email=Kept(), sms=Kept(), zalo=Kept())
        async with (
            automated(desk.url, desk.clock) as automation,
            automation.reactor() as reactor,
            automation.reactor() as other_reactor,
            reminding(desk, page=7) as watch,
            reminding(desk, page=5) as other_watch,
            sender_of(desk, lanes) as sender,
            sender_of(desk, lanes) as other_sender,
        ):
            for at, life, done in self.moments():
                desk.clock.now = at
                if life is not None and done is not None:
                    await self.happen(desk, life, done)
                    continue
                await asyncio.gather(react(reactor), react(other_reactor))
                position = -1
                while position != (position := desk.head()):
                    desk.follow()
                    await asyncio.gather(all_announced(watch), all_announced(other_watch))
                await asyncio.gather(sender.look(), other_sender.look())

    def expected(self, numbers: dict[tuple[str, str, datetime], int]) -> PlainDesk:
        """The same by plain bookkeeping."""
        books = Books(self.contact)
        customers = {life.name: self.ids[life.name] for life in self.lives if life.kind == "customer"}
        books.people = {customer: Person() for customer in customers.values()}
        plain = PlainDesk(self.rules, self.lives, books, customers, lambda *key: numbers.get(key, 0))
        for number, (at, life, done) in enumerate(self.moments()):
            if life is None or done is None:
                plain.look(at)
                continue
            person, detail = books.people[customers[life.owner or life.name]], done.detail
            if done.what == "address":
                person.addresses[str(detail)] = True
            elif done.what == "consent" and isinstance(detail, tuple):
                purpose, kinds, given = detail
                person.consents.append((number, purpose, kinds, given))
            elif (done.what, detail) == ("receive", "zalo"):
                person.zalo_at = at
        return plain


def recorded(days: Days, desk: Reminded) -> tuple[list[Told], dict[tuple[str, str, datetime], int]]:
    """What became of each due thing by the log, and the order of the requests."""
    log = desk.log()
    names = {stream: name for name, stream in days.ids.items()}
    happened = {event.envelope.event_id: event.occurred_at for event in log}
    sent: dict[UUID, tuple[str, datetime | None]] = {}
    for event in log:
        if isinstance(event.payload, NotificationSuppressed):
            sent[event.stream] = event.payload.why, None
        elif isinstance(event.payload, AttemptStarted):
            sent[event.stream] = "sent", event.occurred_at
    messages, numbers = [], {}
    for event in log:
        payload = event.payload
        if not isinstance(payload, AutomationFired | AutomationPassedOver):
            continue
        key = payload.rule, names[event.stream], payload.due_at or happened[payload.cause or ""]
        if isinstance(payload, AutomationPassedOver):
            messages.append(Told(*key, payload.why))
        else:
            (outcome,) = payload.outcomes
            numbers[key] = event.position
            messages.append(Told(*key, *sent.get(outcome.stream, (outcome.refused or "waiting", None))))
    return sorted(messages, key=str), numbers


async def all_announced(watch: DueWatch) -> None:
    """Returns when nothing more is due."""
    while not await watch.announce():
        pass


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_is_told_what_brute_force_expects(
    database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lead, "is_held_by", lambda *_: True)
    days = Days(seed)
    async with reminded(database_url) as desk:
        await days.begin(desk)
        await days.simulated(desk)
        messages, numbers = recorded(days, desk)
    wanted = days.expected(numbers).all_told()
    assert [each for each in messages if each not in wanted] == []
    assert [each for each in wanted if each not in messages] == []
    assert len(messages) == len(wanted)
    assert len({each.outcome for each in messages}) > 5, "the run shows few ways for things to end"
