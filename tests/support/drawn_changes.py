"""Drawn facts of customers that change often: they are merged and parted, purchases and verdicts are corrected."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from domain.customer.facts import commands as fact
from domain.sla.events import SlaCorrected, SlaResult
from domain.ticket.commands import SendReply
from domain.usage.commands import RecordUsage
from tests.support import drawn_facts, drawn_health
from tests.support.catching_up import catch_up
from tests.support.drawn_facts import Drawn
from tests.support.log import append_events
from tests.support.told import TENANT

FACTS, MORE_CUSTOMERS, CONTRACTS = 300, 30, 40
_OTHER = {"met": "breached", "breached": "met"}


def record(dsn: str, seed: int, definitions: Iterable[Drawn] = ()) -> None:
    """Records drawn facts, and has the projections follow."""
    draw = drawn_health.HealthDraw(random.Random(seed))  # noqa: S311 -- no secret
    draw.customers += [UUID(int=2_000 + number) for number in range(MORE_CUSTOMERS)]
    facts = [*drawn_facts.registered(draw), *_drawn(draw), *_more(draw)]
    drawn_facts.hand_in(dsn, [*drawn_health.published(), *definitions, *facts])
    catch_up(dsn, TENANT)
    with psycopg.connect(dsn, autocommit=True) as connection:
        correct_verdicts(connection)
    catch_up(dsn, TENANT)


def _drawn(draw: drawn_health.HealthDraw) -> Iterator[Drawn]:
    """Facts of health, with merges, consents and corrected purchases among them."""
    chance = draw.chance
    for _ in range(FACTS):
        yield from drawn_health.drawn(draw, 1)
        if chance.random() < 0.05:
            yield from drawn_facts.merge(draw)
        if chance.random() < 0.2:
            often = chance.choice(draw.customers[:12])
            yield Drawn(often, fact.AnswerNps(score=chance.randrange(11), occurred_at=draw.at()))
        who, at = chance.choice(draw.customers), draw.at()
        said: dict[str, Any] = {
            "purpose": chance.choice(["care", "marketing"]),
            "channels": chance.choice([(), ("email",)]),
            "occurred_at": at,
        }
        if chance.random() < 0.15:
            given_now = said | {"evidence": "e", "valid_until": chance.choice([None, draw.day()])}
            yield Drawn(who, fact.GiveConsent.model_validate(given_now))
        elif chance.random() < 0.1:
            yield Drawn(who, fact.WithdrawConsent.model_validate(said))
        elif chance.random() < 0.3 and draw.purchases:
            buyer, purchase = chance.choice(draw.purchases)
            entry = {"purchase_id": purchase, "items": [{"name": "x", "total": 70}], "total": 70, "currency": "VND"}
            corrected = entry | {"reason": "r", "occurred_at": at}
            yield Drawn(buyer, fact.CorrectPurchase.model_validate(corrected))


def _more(draw: drawn_health.HealthDraw) -> Iterator[Drawn]:
    """Contracts that change, usage that is reported twice, and replies of which one in two is no contact."""
    for _ in range(CONTRACTS):
        yield from drawn_facts.sign(draw)
        yield from drawn_facts.go_on(draw)
        who, day = draw.chance.choice(draw.customers), draw.day()
        for value in (9.0, 0.0):
            used = RecordUsage(product="app", metric="logins", day=day, value=value, occurred_at=draw.at())
            yield Drawn(who, used)
    for ticket in draw.tickets:
        for automated, days in ((True, 30), (False, 60)):
            at = draw.last[ticket] + timedelta(days=days)
            yield Drawn(ticket, SendReply(body="r", automated=automated, occurred_at=at))


def correct_verdicts(connection: psycopg.Connection) -> None:
    """Every third verdict is corrected to the other one, a day later."""
    statement = (
        "select ticket, target, instance, activated_by, finished_at, verdict from tenant_default.sla_clocks"
        " where state = 'fulfilled' and verdict is not null order by ticket, target, activated_by"
    )
    for ticket, target, instance, activated_by, ended_at, verdict in connection.execute(statement).fetchall()[::3]:
        was = SlaResult(verdict=verdict, due_at=None, policy="p", policy_version=1, calendar="24x7", calendar_version=1)
        now = was.model_copy(update={"verdict": _OTHER[verdict]})
        corrected = SlaCorrected(
            target=target, instance=instance, activated_by=activated_by, ended_at=ended_at, was=was, now=now
        )
        append_events(connection, ticket, corrected, at=ended_at + timedelta(days=1))
