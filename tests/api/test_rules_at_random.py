"""Rules that nobody has seen before, on tickets at random, with two reactors at once: brute force expects the same."""

import asyncio
import json
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

import pytest

from api.workers.leader_election import Lead
from domain.envelope import RecordedEvent
from domain.messages import Command, Priority
from domain.refusal import Refusal
from domain.ticket import commands as t
from tests.support.automating import Automated, automated, react
from tests.support.events import AGENT, IMPORT
from tests.support.examples import THOROUGH
from tests.support.plain_rules import PlainEvent, PlainRules

RULES, TICKETS, ROUNDS = 12, 6, 15
TOPICS = (
    "ticket.received", "ticket.prioritised", "ticket.categorised", "ticket.assigned", "ticket.message_received",
    "ticket.work_started",
)  # fmt: skip
PRIORITIES: tuple[Priority, ...] = ("P1", "P2", "P3")
CATEGORIES, CHANNELS = ("billing", "login"), ("zalo", "email")
CONDITIONS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("ticket.priority", (*PRIORITIES, ["P1", "P2"])),
    ("ticket.category", CATEGORIES),
    ("ticket.channel", CHANNELS),
    ("ticket.held", (True, False)),
    ("actor.kind", ("agent", "customer")),
)


def drawn_predicate(random: Random, deepest: int = 3) -> dict[str, Any]:
    shape = random.choice(["condition", "all", "any", "not"]) if deepest else "condition"
    if shape == "condition":
        field, values = random.choice(CONDITIONS)
        return {"field": field, "value": random.choice(values)}
    if shape == "not":
        return {"not": drawn_predicate(random, deepest - 1)}
    return {shape: [drawn_predicate(random, deepest - 1) for _ in range(random.randint(1, 3))]}


def drawn_rule(random: Random, number: int) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "on": random.sample(TOPICS, random.randint(1, 3)),
        "order": random.choice([10, 50, 100]),
        "then": [{"do": "add-note", "body": f"rule {number}"}],
        "stop": random.random() < 0.2,
    }
    if random.random() < 0.3:
        rule["once_per"] = "subject"
    return rule | ({"when": drawn_predicate(random)} if random.random() < 0.8 else {})


def drawn_command(random: Random) -> Command:
    return random.choice(
        (
            t.PrioritiseTicket(priority=random.choice(PRIORITIES), reason="r"),
            t.CategoriseTicket(category=random.choice(CATEGORIES), reason="r"),
            t.AssignTicket(agent=random.choice(["an", "binh"])),
            t.StartWork(),
            t.ReceiveMessage(body="4711"),
        )
    )


def plain(event: RecordedEvent) -> PlainEvent:
    payload = json.loads(event.payload.model_dump_json())
    return PlainEvent(event.topic, payload, event.envelope.actor.kind, event.envelope.command_id)


async def one_round(desk: Automated, random: Random, tickets: list[UUID]) -> None:
    """A ticket comes in, also from another system, and people do something with others."""
    if len(tickets) < TICKETS:
        facts: dict[str, Any] = {"channel": random.choice(CHANNELS), "category": random.choice(CATEGORIES)}
        by = random.choice([AGENT, AGENT, IMPORT])
        tickets.append(await desk.receive(by, priority=random.choice(PRIORITIES), **facts))
    for _ in range(random.randint(1, 4)):
        with suppress(Refusal):
            await desk.ask(random.choice(tickets), drawn_command(random), random.choice([AGENT, AGENT, IMPORT]))


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(1, 9 if THOROUGH else 3))
async def test_any_rules_fire_as_brute_force_expects_with_two_reactors_at_work(
    database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both reactors believe that they have the lead, so that each event is reacted to twice."""
    monkeypatch.setattr(Lead, "is_held_by", lambda *_: True)
    random = Random(seed)  # noqa: S311 -- no secret
    rules = {f"rule {number}": drawn_rule(random, number) for number in range(RULES)}
    expected: dict[UUID, list[str]] = {}
    known: dict[UUID, list[PlainEvent]] = {}
    model, tickets = PlainRules(rules), list[UUID]()
    async with automated(database_url) as desk:
        for name, body in rules.items():
            await desk.publish(name, body)
        async with desk.reactor() as first, desk.reactor() as second:
            for _ in range(ROUNDS):
                await one_round(desk, random, tickets)
                for ticket in tickets:
                    own = [plain(event) for event in desk.history(ticket) if event.topic in TOPICS]
                    before = known.get(ticket, [])
                    expected.setdefault(ticket, []).extend(model.firings(str(ticket), before, own[len(before) :]))
                    known[ticket] = own
                await asyncio.gather(react(first), react(second))
        fired = {ticket: desk.fired(ticket) for ticket in tickets}
    assert fired == expected
    assert sum(map(len, fired.values())) > 20
