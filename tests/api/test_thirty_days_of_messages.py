"""Thirty simulated days with rules at random and bad receivers: who was told what and when, or why not, is what brute
force expects.

MESSAGES_SEED repeats the choices of a run.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from api.channels.configuration import ConfiguredChannels
from api.workers.due_watch import DueWatch
from api.workers.leader_election import Lead
from domain.automation.events import AutomationFired, AutomationPassedOver
from domain.envelope import RecordedEvent
from domain.ids import new_id
from domain.notification.commands import RequestResend
from domain.notification.events import (
    AttemptStarted,
    NotificationFailed,
    NotificationHandedOver,
    NotificationSuppressed,
    NotificationUncertain,
    ResendRequested,
)
from domain.switches.commands import ResumeSwitch
from domain.switches.state import SWITCHES
from domain.ticket.commands import AssignTicket
from tests.support.automating import automated, react
from tests.support.bad_receiver import ENDPOINT, GATEWAYS, LOSING, BadReceiver, Got, Moods, bad_lanes
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
from tests.support.sending import sender_of

pytestmark = pytest.mark.anyio
SEEDS = [int(seed) for seed in os.environ.get("MESSAGES_SEED", "1 2 3 4 5" if THOROUGH else "1").split()]
DOWN = (BEGIN + 9 * DAY, BEGIN + 12 * DAY)
"""Nothing runs meanwhile."""
SHARE_OF_HOURS = 0.2 if THOROUGH else 0.05
"""In how many hours everything looks."""
OUTCOMES = AttemptStarted | NotificationFailed | NotificationSuppressed | NotificationUncertain | NotificationHandedOver
OFFICE = {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "public_holidays": "VN", "week": {"mon-fri": ["08:00-17:00"]}}
TEXT = {"subject": "Chào {customer_name}", "body": "Chào"}


def body_of(rule: PlainRule) -> dict[str, Any]:
    """The definition that says the same as a plain rule."""
    to = f"endpoint:{ENDPOINT}" if rule.channel == "webhook" else "customer"
    notify = {
        "do": "notify", "to": to, "channel": rule.channel, "purpose": rule.purpose, "template": rule.purpose,
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
    looks = (BEGIN + hour * HOUR for hour in range(1, 30 * 24) if random.random() < SHARE_OF_HOURS)
    return [look for look in looks if not DOWN[0] <= look < DOWN[1]]


class Recorded:
    """What became of each due thing by the log, the order of the requests, and the pauses between attempts."""

    def __init__(self, names: Mapping[UUID, str], log: Sequence[RecordedEvent]) -> None:
        happened = {event.envelope.event_id: event.occurred_at for event in log}
        notifications = defaultdict[UUID, list[RecordedEvent]](list)
        for event in log:
            notifications[event.stream].append(event)
        self.messages: list[Told] = []
        self.ids: dict[str, Told] = {}
        self._requests: dict[tuple[str, str, datetime], tuple[int, UUID]] = {}
        self._retries: dict[tuple[UUID, int], datetime | None] = {}
        for event in log:
            payload = event.payload
            if isinstance(payload, NotificationFailed | NotificationUncertain):
                self._retries[event.stream, payload.attempt] = payload.retry_at
            if not isinstance(payload, AutomationFired | AutomationPassedOver):
                continue
            key = payload.rule, names[event.stream], payload.due_at or happened[payload.cause or ""]
            if isinstance(payload, AutomationPassedOver):
                self.messages.append(Told(*key, payload.why))
                continue
            (outcome,) = payload.outcomes
            self._requests[key] = event.position, outcome.stream
            message = Told(*key, *(("refused",) if outcome.refused else became(notifications[outcome.stream])))
            self.messages.append(message)
            self.ids[str(outcome.stream)] = message

    def number(self, *key: Any) -> int:
        return self._requests[key][0] if key in self._requests else 0

    def retry_at(self, rule: str, subject: str, due_at: datetime, attempt: int) -> datetime | None:
        """When the attempt after the one of a number begins."""
        request = self._requests.get((rule, subject, due_at))
        return request and self._retries.get((request[1], attempt))


def became(history: Sequence[RecordedEvent]) -> tuple[str, Sequence[datetime]]:
    """What a notification came to, and when its attempts began."""
    outcome = "waiting"
    for payload in (event.payload for event in history):
        match payload:
            case NotificationSuppressed(why=why):
                outcome = why
            case NotificationHandedOver():
                outcome = "sent"
            case NotificationFailed(permanent=permanent):
                outcome = "failed" if permanent else "waiting"
            case NotificationUncertain():
                outcome = "uncertain"
            case ResendRequested():
                outcome = "waiting"
            case _:
                pass
    return outcome, tuple(event.occurred_at for event in history if isinstance(event.payload, AttemptStarted))


class Days:
    """One run: rules, what people do, and when everything looks."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 -- no secret
        self.rules, self.contact = drawn_rules(random), drawn_contact_rules(random)
        self.lives, self.looks = drawn_lives(random), drawn_looks(random)
        self.moods = Moods(random, BEGIN, END)
        self.ids = {life.name: new_id() for life in self.lives}
        self.mornings = {min(look for look in self.looks if look > BEGIN + day * DAY) for day in (8, 16, 24)}

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

    async def send_again(self, desk: Reminded) -> None:
        """A person has every dead letter sent again, and has the endpoint go on."""
        last = {event.stream: event.payload for event in desk.log() if isinstance(event.payload, OUTCOMES)}
        for stream, payload in last.items():
            if isinstance(payload, NotificationFailed) and payload.permanent:
                await desk.ask(stream, RequestResend())
        await desk.ask(SWITCHES, ResumeSwitch(what="endpoint", name=ENDPOINT, reason="it is back"))

    async def simulated(self, desk: Reminded, lanes: ConfiguredChannels) -> None:
        """Does everything in the order of time. In between two of each worker look at once; of the reactors each
        believes that it is alone.
        """
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
                if at in self.mornings:
                    await self.send_again(desk)
                await asyncio.gather(react(reactor), react(other_reactor))
                position = -1
                while position != (position := desk.head()):
                    desk.follow()
                    await asyncio.gather(all_announced(watch), all_announced(other_watch))
                await asyncio.gather(sender.look(), other_sender.look())

    def expected(self, recorded: Recorded) -> PlainDesk:
        """The same by plain bookkeeping."""
        books = Books(self.contact, self.moods.answer)
        customers = {life.name: self.ids[life.name] for life in self.lives if life.kind == "customer"}
        books.people = {customer: Person() for customer in customers.values()}
        plain = PlainDesk(self.rules, self.lives, books, customers, recorded.number, recorded.retry_at)
        for number, (at, life, done) in enumerate(self.moments()):
            if life is None or done is None:
                if at in self.mornings:
                    books.send_again(at)
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


async def all_announced(watch: DueWatch) -> None:
    """Returns when nothing more is due."""
    while not await watch.step():
        pass


def taken_wrongly(taken: Sequence[Got], ids: Mapping[str, Told]) -> list[object]:
    """What the receivers got more often than the contract allows, and what the log has otherwise than they."""
    by_id = defaultdict[str, list[Got]](list)
    for got in taken:
        by_id[got.id].append(got)
    wrong: list[object] = []
    for message in (ids[each] for each in ids if each not in by_id):
        wrong += [message] if message.outcome in {"sent", "uncertain"} else []
    for key, (*before, last) in by_id.items():
        outcome = ids[key].outcome
        is_repeated = any(got.mood not in LOSING or got.lane in GATEWAYS for got in before)
        if is_repeated or (outcome == "sent") != (last.mood not in LOSING):
            wrong.append((ids[key], by_id[key]))
    return wrong


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_is_told_once_what_brute_force_expects_however_bad_the_receivers_are(
    database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lead, "is_held_by", lambda *_: True)
    days = Days(seed)
    async with reminded(database_url) as desk:
        receiver = BadReceiver(days.moods, desk.clock)
        await days.begin(desk)
        async with bad_lanes(receiver, monkeypatch) as lanes:
            await days.simulated(desk, lanes)
        recorded = Recorded({stream: name for name, stream in days.ids.items()}, desk.log())
    messages, wanted = recorded.messages, days.expected(recorded).all_told()
    assert [each for each in messages if each not in wanted] == []
    assert [each for each in wanted if each not in messages] == []
    assert len(messages) == len(wanted)
    assert taken_wrongly(receiver.taken, recorded.ids) == []
    assert len({each.outcome for each in messages}) > 5, "the run shows few ways for things to end"
    assert max(len(each.attempts) for each in messages) > 2, "the run shows few repetitions"
