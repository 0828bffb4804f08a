"""Facts of customers, contracts, usage, feedback and procedures, drawn at random and recorded by commands.

Instants lie near the turns of days, weeks, quarters and years of several zones, and near changes of the clocks. Facts
are recorded in another order than they happened in.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.contract import commands as contract
from domain.customer import commands as customer
from domain.customer.commands import Party
from domain.customer.facts import commands as fact
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log.store import LogConnection
from domain.feedback.commands import NoteFeedback
from domain.ids import new_id
from domain.messages import Command
from domain.procedure import commands as procedure
from domain.refusal import Refusal
from domain.segment.commands import RecordMembership
from domain.segment.membership import membership_stream
from domain.usage.commands import RecordUsage
from domain.zones import zone_named
from tests.support.told import TENANT

LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
FIRST, LAST = date(2020, 10, 19), date(2021, 5, 2)
"""The days of the facts: they hold week 53 of 2020, and changes of the clocks in Berlin, Havana and Apia."""
NOW = datetime(2021, 6, 20, 3, tzinfo=UTC)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Havana", "Pacific/Apia")
WAVES = (
    ("Quý 1", datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 3, 14, 5, tzinfo=UTC), "zalo"),
    ("Quý 2", datetime(2021, 2, 1, tzinfo=UTC), datetime(2021, 7, 1, tzinfo=UTC), "email"),
)
"""Waves in which everybody is asked: the name, when it opens and closes, and the channel. The second one is open."""
SEGMENTS = ("vip", "at risk")
VALID_DAYS, ACTIVE_DAYS, YEAR_BEGINS = 20, 60, 4
TURNS = (
    date(2020, 10, 25), date(2020, 11, 1), date(2020, 12, 28), date(2021, 1, 1), date(2021, 1, 4), date(2021, 3, 14),
    date(2021, 3, 28), date(2021, 4, 1), date(2021, 4, 4),
)  # fmt: skip
_STEPS: dict[str, Any] = {
    "title": {"vi": "Chăm sóc", "en": "Care"},
    "subject": "customer",
    "steps": [
        {"id": "call", "title": {"vi": "Gọi", "en": "Call"}, "role": "team:Care", "due": {"within": "36h"}},
        {"id": "offer", "title": {"vi": "Mời", "en": "Offer"}, "enter": {"all": ["call"]}, "due": {"within": "60h"}},
        {"id": "visit", "title": {"vi": "Thăm", "en": "Visit"}, "role": "team:Care", "due": {"within": "5d"}},
    ],
}
_CHECK: dict[str, Any] = {
    "title": {"vi": "Kiểm tra", "en": "Check"},
    "subject": "customer",
    "steps": [
        {"id": "call", "title": {"vi": "Gọi", "en": "Call"}, "role": "holder", "due": {"within": "48h"}},
        {"id": "visit", "title": {"vi": "Đợi", "en": "Wait"}, "kind": "wait", "due": {"within": "5d"}},
        {
            "id": "offer", "title": {"vi": "Hỏi", "en": "Ask"}, "kind": "decide", "answers": ["yes", "no"],
            "role": "holder", "enter": {"all": ["call"]}, "due": {"within": "24h"},
        },
    ],
}  # fmt: skip
"""Its steps have the names of those of the other procedure, and other kinds."""
LAN = Actor(id="lan", kind="agent")
DEFINITIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("activity", "tenant", {"days": ACTIVE_DAYS}),
    ("upselling", "tenant", {"valid_days": VALID_DAYS}),
    *(
        ("nps-wave", name, {"opens": opens.isoformat(), "closes": closes.isoformat(), "channel": channel})
        for name, opens, closes, channel in WAVES
    ),
    ("settings", "tenant", {"zone": ZONES[0], "year_begins": YEAR_BEGINS}),
    ("procedure", "care", _STEPS),
    ("procedure", "check", _CHECK),
)


class Drawn(NamedTuple):
    stream: UUID
    command: Command
    by: Actor = LAN


def record(dsn: str, seed: int, number: int) -> None:
    """Records so many drawn facts, in the order in which they were drawn."""
    hand_in(dsn, [*published(), *drawn_facts(Draw(random.Random(seed)), number)])  # noqa: S311 -- no secret


def hand_in(dsn: str, commands: Sequence[Drawn]) -> None:
    """Gives commands in their order; what a rule refuses is left out."""

    async def all_of_them() -> None:
        desk = ServiceDesk(LogConnection(dsn, TENANT), lambda: NOW)
        given = [desk.handle(each.stream, each.command, CommandContext(each.by, str(new_id()))) for each in commands]
        for answer in await asyncio.gather(*given, return_exceptions=True):
            if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
                raise answer
        await desk.close()

    asyncio.run(all_of_them())


def published() -> Iterator[Drawn]:
    for kind, name, body in DEFINITIONS:
        command = PublishDefinition(kind=kind, name=name, effective_from=LONG_AGO, body=body, reason="decided")
        yield Drawn(definition_stream(kind, name), command)


class Draw:
    """Draws with a generator of random numbers."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.customers = [UUID(int=1_000 + number) for number in range(14)]
        self.organisations = self.customers[:3]
        self.contracts: list[UUID] = []
        self.procedures: list[UUID] = []
        self.purchases: list[tuple[UUID, str]] = []
        self.offers: list[tuple[UUID, str]] = []
        self.merges: list[tuple[UUID, UUID]] = []
        self.judged: dict[tuple[str, UUID], datetime] = {}
        self.streams = 10_000

    def new(self) -> UUID:
        self.streams += 1
        return UUID(int=self.streams)

    def day(self) -> date:
        if self.chance.random() < 0.6:
            return self.chance.choice(TURNS) + timedelta(days=self.chance.choice([-1, 0, 0, 1]))
        return FIRST + timedelta(days=self.chance.randrange((LAST - FIRST).days))

    def at(self) -> datetime:
        day = self.day()
        zone = zone_named(self.chance.choice(ZONES))
        begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        seconds = self.chance.choice([0, 0, -1, 1, 3_599, 3_600, 7_200, self.chance.randrange(86_400)])
        return begins + timedelta(seconds=seconds, microseconds=self.chance.choice([0, 0, -1]))

    def money(self) -> dict[str, Any]:
        return {"value": self.chance.choice([0, 100, 120, 250]), "currency": self.chance.choice(["VND", "USD"])}


def registered(draw: Draw) -> Iterator[Drawn]:
    """The customers."""
    chance = draw.chance
    for each in draw.customers:
        party: Party = "organisation" if each in draw.organisations else "person"
        at = LONG_AGO if chance.random() < 0.6 else draw.at()
        tier = chance.choice(["gold", "silver"])
        yield Drawn(each, customer.RegisterCustomer(name="A", tier=tier, party=party, occurred_at=at))


def drawn_facts(draw: Draw, number: int) -> Iterator[Drawn]:
    """The customers, and so many draws of what they do."""
    yield from registered(draw)
    yield from drawn_facts_of_customers(draw, number)


def drawn_facts_of_customers(draw: Draw, number: int) -> Iterator[Drawn]:
    """So many draws of what the customers do."""
    chance = draw.chance
    kinds = [_answer, _purchase, _offer, sign, go_on, belong, merge, _use, _say, _start, _step, join]
    weights = [4, 4, 5, 2, 4, 3, 1, 2, 2, 2, 5, 3]
    for kind in chance.choices(kinds, weights, k=number):
        yield from kind(draw)


def _answer(draw: Draw) -> Iterator[Drawn]:
    wave = draw.chance.choice([None, "Quý 1", "Quý  1", "Quý 2", "other"])
    score = draw.chance.randrange(11)
    yield Drawn(draw.chance.choice(draw.customers), fact.AnswerNps(score=score, wave=wave, occurred_at=draw.at()))


def _purchase(draw: Draw) -> Iterator[Drawn]:
    if draw.purchases and draw.chance.random() < 0.25:
        buyer, purchase = draw.chance.choice(draw.purchases)
        whole = draw.chance.random() < 0.7
        yield Drawn(buyer, fact.ReturnPurchase(purchase_id=purchase, total=1, whole=whole, occurred_at=draw.at()))
        return
    draw.purchases.append((draw.chance.choice(draw.customers), str(len(draw.purchases))))
    buyer, purchase = draw.purchases[-1]
    items = (fact.Item(name="x", total=100),)
    bought = fact.RecordPurchase(purchase_id=purchase, items=items, total=100, currency="VND", occurred_at=draw.at())
    yield Drawn(buyer, bought)


def _offer(draw: Draw) -> Iterator[Drawn]:
    what, at = draw.chance.random(), draw.at()
    if what < 0.5 or not draw.offers:
        draw.offers.append((draw.chance.choice(draw.customers), str(len(draw.offers))))
        to, offer = draw.offers[-1]
        until = draw.chance.choice([None, draw.day()])
        money = draw.chance.choice([{}, draw.money()])
        yield Drawn(to, fact.MakeOffer(offer_id=offer, product="more", valid_until=until, occurred_at=at, **money))
        return
    to, offer = draw.chance.choice(draw.offers[-10:])
    if what < 0.85:
        agreed = draw.chance.choice([None, 80])
        yield Drawn(to, fact.AcceptOffer(offer_id=offer, value=agreed, occurred_at=at))
    else:
        yield Drawn(to, fact.DeclineOffer(offer_id=offer, occurred_at=at))


def sign(draw: Draw) -> Iterator[Drawn]:
    stream, ends_on = draw.new(), draw.day()
    draw.contracts.append(stream)
    starts_on = ends_on - timedelta(days=draw.chance.choice([27, 89, 364]))
    begins = datetime(starts_on.year, starts_on.month, starts_on.day, tzinfo=UTC)
    yield Drawn(
        stream,
        contract.SignContract(
            number=str(stream), customer_id=draw.chance.choice(draw.customers), starts_on=starts_on, ends_on=ends_on,
            occurred_at=begins, **draw.money(),
        ),
    )  # fmt: skip


def go_on(draw: Draw) -> Iterator[Drawn]:
    """A renewal, an amendment, a termination or a lapse of a contract."""
    if not draw.contracts:
        return
    stream, at = draw.chance.choice(draw.contracts[-8:]), draw.at()
    what = draw.chance.random()
    if what < 0.6:
        money = draw.chance.choice([{}, draw.money()])
        yield Drawn(stream, contract.RenewContract(months=draw.chance.choice([1, 3]), occurred_at=at, **money))
    elif what < 0.75:
        changed = draw.chance.choice([{"ends_on": draw.day()}, draw.money()])
        yield Drawn(stream, contract.AmendContract(reason="r", occurred_at=at, **changed))
    elif what < 0.9:
        yield Drawn(
            stream, contract.TerminateContract(on=draw.chance.choice([None, draw.day()]), reason="r", occurred_at=at)
        )
    else:
        yield Drawn(stream, contract.RecordLapse(term=draw.chance.choice([1, 2]), occurred_at=at))


def belong(draw: Draw) -> Iterator[Drawn]:
    who, organisation, at = draw.chance.choice(draw.customers), draw.chance.choice(draw.organisations), draw.at()
    what = draw.chance.random()
    if what < 0.5:
        main = draw.chance.random() < 0.5
        yield Drawn(who, customer.JoinOrganisation(organisation=organisation, main=main, occurred_at=at))
    elif what < 0.65:
        yield Drawn(who, customer.LeaveOrganisation(organisation=organisation, occurred_at=at))
    else:
        tier = draw.chance.choice(["gold", "Gold ", "silver", "standard"])
        yield Drawn(who, customer.ChangeTier(tier=tier, occurred_at=at))


def merge(draw: Draw) -> Iterator[Drawn]:
    if draw.merges and draw.chance.random() < 0.5:
        source, target = draw.chance.choice(draw.merges)
        yield Drawn(source, customer.UndoCustomerMerge(into=target, reason="r", occurred_at=draw.at()))
        return
    source, target = draw.chance.sample(draw.customers, 2)
    draw.merges.append((source, target))
    yield Drawn(source, customer.MergeCustomer(into=target, reason="r", occurred_at=draw.at()))


def join(draw: Draw) -> Iterator[Drawn]:
    """A membership in a segment that begins or ends, later than before: the watch records them as they happen."""
    who, segment = draw.chance.choice(draw.customers), draw.chance.choice(SEGMENTS)
    at = draw.at()
    if at < draw.judged.get((segment, who), at):
        return
    recorded = RecordMembership(
        segment=segment, definition_version=1, customer_id=who, member=draw.chance.random() < 0.7,
        occurred_at=at,
    )  # fmt: skip
    draw.judged[segment, who] = at
    yield Drawn(membership_stream(segment, who), recorded)


def _use(draw: Draw) -> Iterator[Drawn]:
    who, day = draw.chance.choice(draw.customers), draw.day()
    used = RecordUsage(
        product="crm", metric="logins", day=day, value=draw.chance.choice([0.0, 5.0]), occurred_at=draw.at()
    )
    yield Drawn(who, used)


def _say(draw: Draw) -> Iterator[Drawn]:
    said = NoteFeedback(
        customer_id=draw.chance.choice(draw.customers),
        theme=draw.chance.choice(["giá", "gi\u0061\u0301", "giao hàng"]),
        polarity=draw.chance.choice(["positive", "neutral", "negative"]),
        occurred_at=draw.at(),
    )
    yield Drawn(draw.new(), said)


def _start(draw: Draw) -> Iterator[Drawn]:
    stream = draw.new()
    draw.procedures.append(stream)
    yield Drawn(
        stream,
        procedure.StartProcedure(
            procedure=draw.chance.choice(["care", "check"]),
            subject=draw.chance.choice(draw.customers),
            subject_kind="customer",
            owner=draw.chance.choice(["lan", "Bình"]),
            occurred_at=draw.at(),
        ),
    )


def _step(draw: Draw) -> Iterator[Drawn]:
    if not draw.procedures:
        return
    stream, at = draw.chance.choice(draw.procedures[-6:]), draw.at()
    step = draw.chance.choice(["call", "offer", "visit"])
    what, answer = draw.chance.random(), draw.chance.choice(["yes", "no"])
    if what < 0.6:
        yield Drawn(stream, procedure.CompleteStep(step=step, occurred_at=at))
        yield Drawn(stream, procedure.AnswerDecision(step=step, answer=answer, occurred_at=at))
    elif what < 0.8:
        yield Drawn(stream, procedure.SkipStep(step=step, reason="r", occurred_at=at))
    else:
        yield Drawn(stream, procedure.AbandonProcedure(reason="r", occurred_at=at))
