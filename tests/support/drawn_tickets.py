"""Facts of tickets, drawn at random and recorded by commands, with what their customers are meanwhile.

Each ticket goes on from one of its instants to the next one, near the turns of periods; some facts are recorded late.
"""

import random
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.customer.facts.commands import AnswerNps
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.feedback.commands import NoteFeedback
from domain.messages import Command
from domain.sla.policy.commands import PublishPolicy
from domain.sla.policy.publishing import POLICY_STREAM
from domain.ticket import commands as c
from tests.support.drawn_facts import (
    LAN,
    LONG_AGO,
    YEAR_BEGINS,
    ZONES,
    Draw,
    Drawn,
    belong,
    hand_in,
    join,
    merge,
    registered,
)

AGENTS, TEAMS = ("lan", "Bình", "chi"), ("Chăm sóc", "Tech")
SPELLED = unicodedata.normalize("NFD", TEAMS[0]), unicodedata.normalize("NFD", AGENTS[1])
"""A team and an agent, written in another way."""
BOT, CUSTOMER, IMPORT = (
    Actor(id="bot", kind="system"),
    Actor(id="web", kind="customer"),
    Actor(id="old system", kind="import"),
)
POLICY: dict[str, Any] = {
    "name": "Four promises",
    "rules": [
        {
            "priority": ["P1"],
            "first_response": "15m",
            "next_response": "30m",
            "periodic_update": {"duration": "4h", "pauses": ["third_party"]},
            "resolution": {"duration": "1h", "pauses": ["customer"]},
        },
        {"first_response": "12h", "next_response": "24h", "resolution": {"duration": "48h", "pauses": ["customer"]}},
    ],
}
WORKFORCE: dict[str, Any] = {
    "teams": [
        {"name": "Chăm sóc", "targets": {"P1": "2h"}, "target": "24h", "pauses": ["customer"]},
        {"name": "Tech", "targets": {"P1": "4h"}},
    ],
    "agents": [
        {"name": "lan", "team": "Chăm sóc", "capacity": 2},
        {"name": "Bình", "team": "Chăm sóc"},
        {"name": "chi", "team": "Tech", "capacity": 9},
    ],
}
_GAPS = (
    timedelta(seconds=1), timedelta(minutes=14), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=5),
    timedelta(hours=24), timedelta(days=2), timedelta(hours=168), timedelta(days=11),
)  # fmt: skip


def record(dsn: str, seed: int, number: int) -> None:
    """Records so many drawn facts of tickets."""
    draw = TicketDraw(random.Random(seed))  # noqa: S311 -- no secret
    hand_in(dsn, [*published(), *registered(draw), *drawn_tickets(draw, number)])


def published() -> Iterator[Drawn]:
    settings = {"zone": ZONES[0], "year_begins": YEAR_BEGINS}
    for kind, body in (("settings", settings), ("workforce", WORKFORCE)):
        command = PublishDefinition(kind=kind, name="tenant", effective_from=LONG_AGO, body=body, reason="decided")
        yield Drawn(definition_stream(kind, "tenant"), command)
    policy = {"effective_from": LONG_AGO, "policy": POLICY, "reason": "decided"}
    yield Drawn(POLICY_STREAM, PublishPolicy.model_validate(policy))


class TicketDraw(Draw):
    """Draws what happens to tickets; no instant is drawn twice."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.tickets: list[UUID] = []
        self.merged: list[tuple[UUID, UUID]] = []
        self.last: dict[UUID, datetime] = {}
        self.used: set[datetime] = set()

    def alone(self, at: datetime) -> datetime:
        while at in self.used:
            at += timedelta.resolution
        self.used.add(at)
        return at

    def next_of(self, ticket: UUID) -> datetime:
        """An instant behind the last one of a ticket; now and then one before it."""
        late = self.chance.random() < 0.08
        gap = self.chance.choice(_GAPS) + timedelta(seconds=self.chance.choice([0, 0, self.chance.randrange(9_000)]))
        at = self.alone(self.last[ticket] - gap if late else self.last[ticket] + gap)
        self.last[ticket] = max(self.last[ticket], at)
        return at

    def a_ticket(self) -> UUID:
        return self.chance.choice(self.tickets[-9:])


def drawn_tickets(draw: TicketDraw, number: int) -> Iterator[Drawn]:
    """So many draws of what happens to tickets, and to their customers meanwhile."""
    kinds = [_receive, _one_step, _life, _merge_tickets, join, _correct, belong, merge, _say]
    for kind in draw.chance.choices(kinds, [6, 40, 3, 2, 3, 1, 2, 1, 3], k=number):
        yield from kind(draw)


def _receive(draw: TicketDraw) -> Iterator[Drawn]:
    chance, ticket = draw.chance, draw.new()
    at = draw.alone(draw.at())
    draw.tickets.append(ticket)
    draw.last[ticket] = at
    received = c.ReceiveTicket(
        customer_id=chance.choice(draw.customers), channel=chance.choice(["email", "zalo"]), subject="s",
        category=chance.choice(["hóa đơn", "ho\u0301a đơn", "login"]), priority=chance.choice(["P1", "P3"]),
        occurred_at=at,
    )  # fmt: skip
    yield Drawn(ticket, received, chance.choice([CUSTOMER, LAN, IMPORT]))


def _one_step(draw: TicketDraw) -> Iterator[Drawn]:
    if draw.tickets:
        ticket = draw.a_ticket()
        yield _drawn(draw, ticket, draw.chance.choice(_COMMANDS))


def _life(draw: TicketDraw) -> Iterator[Drawn]:
    """A ticket that is resolved, rated, reopened by another agent, and resolved again."""
    yield from _receive(draw)
    ticket = draw.tickets[-1]
    for make in (_assign, _resolve, _rate, _reopen, _assign, _resolve, _rate):
        if draw.chance.random() < 0.9:
            yield _drawn(draw, ticket, make)


def rated(draw: TicketDraw, ticket: UUID) -> Iterator[Drawn]:
    """A rating of a ticket."""
    yield _drawn(draw, ticket, _rate)


def _drawn(draw: TicketDraw, ticket: UUID, make: Any) -> Drawn:
    at = draw.next_of(ticket)
    command: Command = make(draw)(occurred_at=at)
    by = draw.chance.choice([LAN, LAN, BOT, IMPORT])
    if isinstance(command, c.ReceiveMessage | c.RateSatisfaction):
        by = CUSTOMER
    return Drawn(ticket, command, by)


def _assign(draw: TicketDraw) -> Any:
    team, agent = draw.chance.choice([*TEAMS, SPELLED[0]]), draw.chance.choice([*AGENTS, SPELLED[1], None])
    return partial(c.AssignTicket, team=team, agent=agent)


def _resolve(draw: TicketDraw) -> Any:
    return partial(c.ResolveTicket, resolution="r", code=draw.chance.choice(["solved", "solved", "Hardware"]))


def _rate(draw: TicketDraw) -> Any:
    return partial(c.RateSatisfaction, score=draw.chance.randrange(1, 6))


def _reopen(_draw: TicketDraw) -> Any:
    return partial(c.ReopenTicket, reason="r")


def _hold(draw: TicketDraw) -> Any:
    until = draw.chance.choice([None, draw.at()])
    waits: Any = draw.chance.choice(["customer", "third_party", "internal"])
    return partial(c.PutOnHold, waiting_for=waits, until=until, reason="r")


def _effort(draw: TicketDraw) -> Any:
    kind: Any = draw.chance.choice(["talk", "hold", "after_contact"])
    return partial(c.LogEffort, agent=draw.chance.choice(AGENTS), kind=kind, seconds=draw.chance.randrange(1, 9_000))


def _cancel(draw: TicketDraw) -> Any:
    how: Any = draw.chance.choice(["duplicate", "spam", "other"])
    return partial(c.CancelTicket, cancelled_as=how)


def _close(draw: TicketDraw) -> Any:
    closer: Any = draw.chance.choice(["agent", "customer", "rule"])
    return partial(c.CloseTicket, closed_by=closer)


def _expected(draw: TicketDraw) -> Any:
    return partial(c.TellExpectedBy, expected_by=draw.at())


def _reply(draw: TicketDraw) -> Any:
    channel: Any = draw.chance.choice([None, "zalo"])
    return partial(c.SendReply, body="r", channel=channel, automated=draw.chance.random() < 0.2)


def _message(draw: TicketDraw) -> Any:
    channel: Any = draw.chance.choice([None, "email"])
    return partial(c.ReceiveMessage, body="Please look at it again", channel=channel)


def _categorise(draw: TicketDraw) -> Any:
    return partial(c.CategoriseTicket, category=draw.chance.choice(["hóa đơn", "login"]))


def _prioritise(draw: TicketDraw) -> Any:
    priority: Any = draw.chance.choice(["P1", "P3"])
    return partial(c.PrioritiseTicket, priority=priority, reason="r")


def _escalate(draw: TicketDraw) -> Any:
    return partial(c.EscalateTicket, to="Tech", level=draw.chance.choice([1, 2]), reason="r")


_COMMANDS: tuple[Any, ...] = (
    _assign, _assign, _resolve, _resolve, _rate, _rate, _reopen, _hold, _effort, _effort, _cancel, _close, _expected,
    _reply, _reply, _message, _message, _categorise, _prioritise, _escalate,
    lambda _draw: c.StartWork, lambda _draw: c.ResumeWork, lambda _draw: partial(c.AddNote, body="n"),
)  # fmt: skip


def _merge_tickets(draw: TicketDraw) -> Iterator[Drawn]:
    if draw.merged and draw.chance.random() < 0.5:
        source, target = draw.chance.choice(draw.merged[-4:])
        yield Drawn(source, c.UndoMerge(into=target, reason="r", occurred_at=draw.next_of(source)))
    elif len(draw.tickets) > 1:
        source, target = draw.chance.sample(draw.tickets[-9:], 2)
        draw.merged.append((source, target))
        yield Drawn(source, c.MergeTicket(into=target, reason="r", occurred_at=draw.next_of(source)))


def _say(draw: TicketDraw) -> Iterator[Drawn]:
    """What a customer answers or says on a ticket."""
    if not draw.tickets:
        return
    who, ticket, at = draw.chance.choice(draw.customers), draw.a_ticket(), draw.alone(draw.at())
    if draw.chance.random() < 0.5:
        yield Drawn(who, AnswerNps(score=draw.chance.randrange(11), ticket=ticket, occurred_at=at))
    else:
        polarity: Any = draw.chance.choice(["positive", "negative"])
        on = draw.chance.choice([ticket, ticket, None])
        said = NoteFeedback(customer_id=who, theme="giá", polarity=polarity, ticket=on, occurred_at=at)
        yield Drawn(draw.new(), said)


def _correct(draw: TicketDraw) -> Iterator[Drawn]:
    if draw.tickets:
        customer = draw.chance.choice(draw.customers)
        yield Drawn(draw.a_ticket(), c.CorrectCustomer(customer_id=customer, reason="r"))
