"""Tickets drawn at random, with reopenings, merges, cancellations and duplicates told in any order."""

from collections.abc import Callable, Iterator
from uuid import UUID

from domain.messages import CancelledAs, Channel, Command
from domain.ticket import commands as t
from tests.support.drawn_facts import Draw, Drawn

CHANNELS: tuple[Channel, ...] = ("email", "zalo")
ENDS: tuple[CancelledAs, ...] = ("duplicate", "spam", "other")
CATEGORIES, TEAMS, AGENTS = ("login", "billing"), ("Care", "Billing"), ("an", "binh", None)
RECENT = 12
"""What follows is drawn for one of so many tickets, so that each has a life."""


def drawn_tickets(draw: Draw, number: int) -> Iterator[Drawn]:
    """Commands to tickets of the drawn customers."""
    tickets: list[UUID] = []
    for _ in range(number):
        if not tickets or draw.chance.random() < 0.2:
            tickets.append(draw.new())
            yield Drawn(tickets[-1], _received(draw))
        else:
            ticket, other = draw.chance.choice(tickets[-RECENT:]), draw.chance.choice(tickets[-RECENT:])
            yield Drawn(ticket, draw.chance.choice(_LATER)(draw, other))


def _received(draw: Draw) -> Command:
    return t.ReceiveTicket(
        customer_id=draw.chance.choice(draw.customers), channel=draw.chance.choice(CHANNELS), subject="s",
        category=draw.chance.choice(CATEGORIES), priority=draw.chance.choice(["P1", "P2"]), occurred_at=draw.at(),
    )  # fmt: skip


def _assigned(draw: Draw, _other: UUID) -> Command:
    team, agent = draw.chance.choice(TEAMS), draw.chance.choice(AGENTS)
    return t.AssignTicket(team=team, agent=agent, occurred_at=draw.at())


def _rated(draw: Draw, _other: UUID) -> Command:
    return t.RateSatisfaction(score=draw.chance.randint(1, 5), occurred_at=draw.at())


def _cancelled(draw: Draw, _other: UUID) -> Command:
    return t.CancelTicket(cancelled_as=draw.chance.choice(ENDS), occurred_at=draw.at())


_LATER: tuple[Callable[[Draw, UUID], Command], ...] = (
    _assigned,
    _rated,
    _cancelled,
    lambda draw, _: t.ReceiveMessage(body="?", occurred_at=draw.at()),
    lambda draw, _: t.SendReply(body="!", occurred_at=draw.at()),
    lambda draw, _: t.ResolveTicket(resolution="done", occurred_at=draw.at()),
    lambda draw, _: t.ResolveTicket(resolution="done", occurred_at=draw.at()),
    lambda draw, _: t.ReopenTicket(reason="again", occurred_at=draw.at()),
    lambda draw, _: t.ReopenTicket(reason="again", occurred_at=draw.at()),
    lambda draw, _: t.CloseTicket(occurred_at=draw.at()),
    lambda draw, other: t.MergeTicket(into=other, reason="same", occurred_at=draw.at()),
    lambda draw, other: t.UndoMerge(into=other, reason="not the same", occurred_at=draw.at()),
    lambda draw, _: t.PutOnHold(waiting_for="customer", reason="?", occurred_at=draw.at()),
    lambda draw, _: t.LogEffort(agent="an", kind="talk", seconds=60, occurred_at=draw.at()),
    lambda draw, _: t.EscalateTicket(to="second", level=2, reason="hard", occurred_at=draw.at()),
    lambda draw, _: t.CategoriseTicket(category=draw.chance.choice(CATEGORIES), occurred_at=draw.at()),
    lambda draw, _: t.CorrectCustomer(
        customer_id=draw.chance.choice(draw.customers), reason="r", occurred_at=draw.at()
    ),
)
