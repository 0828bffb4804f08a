"""Thirty simulated days over Tet, with three days of downtime: what was recorded is what brute force expects."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.contract.commands import RenewContract, SignContract
from domain.customer.commands import ChangeTier, RegisterCustomer
from domain.customer.facts.commands import RecordCheckIn, RecordDate
from domain.ids import new_id
from domain.messages import Command
from domain.ticket import commands as c
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.examples import THOROUGH
from tests.support.plain_reminders import DAY, HANOI, HOUR, Done, Life, expected
from tests.support.plain_reminders import Reminded as Reminder
from tests.support.reminding import Reminded, reminded, reminding

BEGIN = datetime(2030, 1, 21, 8, tzinfo=HANOI)
"""Tet begins on 2 February."""
DOWN = (BEGIN + 12 * DAY, BEGIN + 15 * DAY)
"""No watch runs meanwhile."""
LOOKS = [
    look
    for day in range(30)
    for hour in (1.5, 7.5, 10.5, 16.5)
    if not DOWN[0] <= (look := BEGIN.replace(hour=0) + day * DAY + hour * HOUR) < DOWN[1] and look > BEGIN
]
OFFICE = {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "public_holidays": "VN", "week": {"mon-fri": ["08:00-17:00"]}}
OFFICE_HOURS = {"calendar": "Office"}
RULES: dict[str, dict[str, Any]] = {
    "csat": {"due": "csat-missing"},
    "waiting": {"due": "waiting-for-customer", "open_days": [2, 5]} | OFFICE_HOURS,
    "inside": {"due": "waiting-inside"} | OFFICE_HOURS,
    "renewal": {"due": "contract-renewal"} | OFFICE_HOURS,
    "birthday": {"due": "annual-day", "names": "birthday"},
    "payment": {"due": "agreed-day"},
    "check-in": {"due": "check-in", "every": {"vip": "weekly", "gold": "monthly"}} | OFFICE_HOURS,
    "silent": {"due": "silent-customer", "days": {"vip": 5, "*": 9}},
}


def drawn(random: Random) -> list[Life]:
    """What people do in thirty days with six customers, ten tickets and five contracts."""

    def later(at: datetime, most_hours: float) -> datetime:
        return at + timedelta(seconds=random.randrange(60, int(most_hours * 3600)))

    lives = []
    for number in range(6):
        customer = Life("customer", f"customer {number}")
        at = later(BEGIN, 24)
        customer.done.append(Done(at, "registered", random.choice(["vip", "gold", "standard"])))
        day = (at + random.randrange(1, 28) * DAY).date()
        customer.done.append(Done(later(at, 5), "birthday", (day.day, day.month)))
        customer.done.append(
            Done(later(customer.done[-1].at, 48), "agreed", (at + random.randrange(5, 25) * DAY).date())
        )
        customer.done.append(Done(later(customer.done[-1].at, 240), "check-in"))
        customer.done.append(Done(later(customer.done[-1].at, 96), "tier", random.choice(["vip", "gold", "standard"])))
        lives.append(customer)
    for number in range(10):
        ticket = Life("ticket", f"ticket {number}", owner=f"customer {random.randrange(6)}")
        at = later(BEGIN + 2 * DAY, 200)
        ticket.done.append(Done(at, "receive"))
        state = "open"
        while (at := later(at, 170)) < BEGIN + 29 * DAY:
            what, state = random.choice(NEXT[state])
            ticket.done.append(Done(at, what, state if what == "hold" else None))
        lives.append(ticket)
    for number in range(5):
        contract = Life("contract", f"contract {number}")
        at = later(BEGIN + 2 * DAY, 48)
        ends = date(2030, 2, 18) + random.randrange(0, 30) * DAY
        contract.done.append(Done(at, "signed", ends))
        if number % 2:
            contract.done.append(Done(later(at, 400), "renewed", ends + 1000 * DAY))
        lives.append(contract)
    return lives


NEXT = {
    "open": [
        ("hold", "customer"),
        ("hold", "internal"),
        ("resolve", "resolved"),
        ("reply", "open"),
        ("message", "open"),
    ],
    "customer": [("resume", "open"), ("message", "open"), ("resolve", "resolved"), ("reply", "customer")],
    "internal": [("resume", "open"), ("message", "internal"), ("resolve", "resolved"), ("reply", "internal")],
    "resolved": [("reopen", "open"), ("rate", "rated")],
    "rated": [("reopen", "open")],
}
"""What may be done in a state, and the state that it leads to. The state of a waiting ticket says whom it waits for."""


def command_of(life: Life, done: Done, ids: dict[str, UUID]) -> Command:
    detail: Any = done.detail
    of_customer_0: dict[str, Any] = {"customer_id": ids["customer 0"], "value": 9, "currency": "VND"}
    of_email: dict[str, Any] = {"channel": "email", "subject": "s", "category": "login", "priority": "P3"}
    made: dict[str, Callable[[], Command]] = {
        "registered": lambda: RegisterCustomer(name=life.name, tier=detail),
        "tier": lambda: ChangeTier(tier=detail),
        "birthday": lambda: RecordDate(name="birthday", day=detail[0], month=detail[1]),
        "agreed": lambda: RecordDate(name="payment", day=detail.day, month=detail.month, year=detail.year),
        "check-in": lambda: RecordCheckIn(channel="hotline", summary="all well"),
        "signed": lambda: SignContract(number=life.name, starts_on=date(2030, 1, 1), ends_on=detail, **of_customer_0),
        "renewed": lambda: RenewContract(ends_on=detail),
        "receive": lambda: c.ReceiveTicket(customer_id=ids[life.owner], **of_email),
        "hold": lambda: c.PutOnHold(waiting_for=detail, reason="asked"),
    }
    return made[done.what]() if done.what in made else OF_TICKET[done.what]


OF_TICKET: dict[str, Command] = {
    "resume": c.ResumeWork(),
    "message": c.ReceiveMessage(body="4711"),
    "reply": c.SendReply(body="We look at it"),
    "resolve": c.ResolveTicket(resolution="sent", code="solved"),
    "reopen": c.ReopenTicket(reason="not yet"),
    "rate": c.RateSatisfaction(score=5),
}


async def simulated(desk: Reminded, lives: list[Life]) -> list[Reminder]:
    """Does everything in the order of time, looks in between, and returns what was recorded."""
    desk.clock.now = BEGIN
    await desk.calendar(OFFICE)
    for name, due in RULES.items():
        await desk.rule(name, due, stale_after="24h")
    ids = {life.name: new_id() for life in lives}
    steps = [(done.at, life, done) for life in lives for done in life.done]
    moments = sorted([*((at, number) for number, (at, _, _) in enumerate(steps)), *((look, -1) for look in LOOKS)])
    async with reminding(desk, page=7) as watch:
        follower = Follower(desk.url, "default", PROJECTIONS)
        for at, number in moments:
            desk.clock.now = at
            if number >= 0:
                _, life, done = steps[number]
                await desk.ask(ids[life.name], command_of(life, done, ids))
                if done.what == "receive":
                    await desk.ask(ids[life.name], c.AssignTicket(agent="an"))
                continue
            position = -1
            while position != (position := desk.head()):
                follower.catch_up()
                while not await watch.step():
                    pass
        follower.close()
    names = {stream: name for name, stream in ids.items()}
    return [
        Reminder(
            event.payload.rule,
            names[event.stream],
            event.payload.due_at.astimezone(HANOI),
            "missed" if event.topic == "automation.passed_over" else "fired",
            event.occurred_at.astimezone(HANOI),
        )
        for event in desk.automation()
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [1, 2] if THOROUGH else [1])
async def test_what_is_recorded_in_thirty_days_is_what_brute_force_expects(database_url: str, seed: int) -> None:
    lives = drawn(Random(seed))  # noqa: S311 -- no secret
    async with reminded(database_url) as desk:
        recorded = await simulated(desk, lives)
        desk.follow()
        assert desk.as_rebuilt()
    wanted = expected(lives, LOOKS)
    assert {"fired", "missed"} == {reminder.outcome for reminder in wanted}
    assert {reminder.rule for reminder in wanted} == set(RULES)
    assert sorted(recorded) == sorted(wanted)
    assert max(Counter((each.rule, each.subject, each.due_at) for each in recorded).values()) == 1
