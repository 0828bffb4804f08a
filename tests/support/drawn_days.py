"""Thirty days of a desk at random: rules, contact rules, and what people do with customers and tickets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from domain.customer.commands import AddAddress, ChangeTier, RegisterCustomer
from domain.customer.facts.commands import GiveConsent, RecordDate, RecordPurchase, ReturnPurchase, WithdrawConsent
from domain.messages import Command
from domain.ticket import commands as c
from tests.support.plain_messages import PlainRule
from tests.support.plain_reminders import DAY, HANOI, HOUR, Done, Life
from tests.support.plain_sending import PlainCap, PlainContactRules

BEGIN = datetime(2030, 1, 21, 8, tzinfo=HANOI)
"""Tet begins on 2 February."""
END = BEGIN + 30 * DAY
CUSTOMERS, TICKETS = 6, 14
PURPOSES = ("service", "care", "survey", "marketing")
CHANNELS = ("email", "sms", "zalo")
TIERS = ("vip", "gold", "standard")
TOPICS = {"receive": "ticket.received", "resolve": "ticket.resolved", "reopen": "ticket.reopened"}
NEXT = {
    "open": ["customer", "customer", "internal", "resolved", "open", "open"],
    "customer": ["open", "open", "resolved"],
    "internal": ["open", "resolved"],
    "resolved": ["open", "rated"],
    "rated": ["open"],
}
"""The states that may follow a state; those of a ticket that waits say whom it waits for."""
DOES = {
    ("open", "open"): "promise", ("customer", "open"): "message", ("internal", "open"): "resume",
    ("resolved", "open"): "reopen", ("rated", "open"): "reopen",
}  # fmt: skip


def drawn_rules(random: Random) -> list[PlainRule]:
    """A rule for each due function, with parameters of its own, and some on events."""
    importances = random.sample(range(101), 18)

    def drawn(name: str, of: str, event: str | None = None, /, **given: Any) -> PlainRule:
        return PlainRule(
            name=name, of=of, given=given, purpose=random.choice(PURPOSES), channel=random.choice(CHANNELS),
            importance=importances.pop(), stale=random.choice([2, 6, 14, 30]) * HOUR,
            kept=random.choice([None, 4 * HOUR, 20 * HOUR, 50 * HOUR]), quiet=random.random() < 0.25, event=event,
            tiers=random.sample(TIERS, 2) if random.random() < 0.3 else (),
        )  # fmt: skip

    def wall() -> str:
        return random.choice(["00:30", "07:15", "09:00", "19:45"])

    return [
        drawn("rating", "csat-missing", after=sorted(random.sample(range(1, 100), 3))),
        drawn("waiting", "waiting-for-customer", open_days=[1, 3, 4], calendar=random.choice(["Office", None])),
        drawn("call", "call-back", before=sorted(random.sample(range(300), 2))),
        drawn("pay", "agreed-day", name="payment", days=random.sample(range(7), 2), time=wall()),
        drawn("meet", "agreed-day", name="appointment", days=random.sample(range(7), 2), time=wall()),
        drawn("birthday", "annual-day", names="birthday", time=wall()),
        drawn("warranty", "warranty", days=random.sample(range(1, 20), 3), time=wall()),
        *(drawn(what, "", what) for what in TOPICS),
        *(
            replace(drawn(f"{channel} {what}", "", what), channel=channel, purpose="service", stale=30 * HOUR, tiers=())
            for channel in ("webhook", "email", "sms")
            for what in ("receive", "resolve")
        ),
    ]


def drawn_contact_rules(random: Random) -> PlainContactRules:
    """Hours and days of rest of each purpose, caps, and a window."""
    some = random.sample(PURPOSES, 2)
    return PlainContactRules(
        opens={purpose: (random.randint(5, 11), random.randint(15, 23)) for purpose in PURPOSES[1:]}
        | {"service": (0, 24)},
        rests={purpose: [date(2030, 2, 2) + day * DAY for day in range(random.randint(1, 5))] for purpose in some},
        caps=[
            PlainCap(("care",), None, 1, 24),
            PlainCap((random.choice(PURPOSES),), None, random.randint(1, 2), random.randint(12, 60)),
            PlainCap(tuple(some), (random.choice(CHANNELS),), random.randint(1, 3), random.randint(24, 80)),
        ],
        window_hours=random.randint(24, 90),
        window_answers=random.randint(1, 3),
    )


def drawn_lives(random: Random) -> list[Life]:
    """What people do in thirty days, also tickets of another system."""

    def later(at: datetime, most_hours: float) -> datetime:
        return at + random.randrange(60_000, int(most_hours * 3_600_000)) * HOUR / 3_600_000

    lives = [Life("customer", f"customer {number}") for number in range(CUSTOMERS)]
    for life in lives:
        at = later(BEGIN, 12)
        life.done = [Done(at, "registered", random.choice(TIERS))]
        life.done += [
            Done(later(at, 1), "address", kind) for kind in ("email", "phone", "zalo") if random.random() < 0.8
        ]
        at = later(at, 20)
        life.done.append(Done(at, "birthday", at.date() + random.randrange(1, 28) * DAY))
        for name in ("payment", "appointment", "payment"):
            at = later(at, 200)
            life.done.append(Done(at, name, at.date() + random.randrange(1, 15) * DAY))
        life.done += [Done(later(BEGIN + 2 * DAY, 400), "tier", random.choice(TIERS)) for _ in range(2)]
        life.done += [
            Done(later(BEGIN + DAY, 600), "consent", (random.choice(PURPOSES[1:]), kinds, random.random() < 0.75))
            for kinds in ((), (), ("email",), ("phone", "zalo"))
        ]
        life.done.append(Done(later(BEGIN + DAY, 100), "buy", BEGIN.date() + random.randrange(10, 40) * DAY))
        if random.random() < 0.3:
            life.done.append(Done(later(life.done[-1].at, 300), "return", 0))
        life.done.sort()
    return lives + [drawn_ticket(random, number, later) for number in range(TICKETS)]


def drawn_ticket(random: Random, number: int, later: Callable[[datetime, float], datetime]) -> Life:
    """A ticket; every fourth one only says a word on Zalo, and every seventh one comes from another system."""
    ticket = Life("ticket", f"ticket {number}", owner=f"customer {random.randrange(CUSTOMERS)}")
    ticket.imported = number % 7 == 6
    at = later(BEGIN + 2 * DAY, 400)
    ticket.done.append(Done(at, "receive", "zalo" if number % 4 == 0 else "email"))
    state = "open"
    while number % 4 and (at := later(at, 130)) < END - DAY:
        before, state = state, random.choice(NEXT[state])
        what = {"customer": "hold", "internal": "hold", "resolved": "resolve", "rated": "rate"}.get(state)
        promised = at + random.randrange(10, 3_000) * HOUR / 60
        detail = state if what == "hold" else promised
        ticket.done.append(Done(at, what or DOES[before, state], detail))
    return ticket


def command_of(life: Life, done: Done, ids: dict[str, UUID]) -> Command:
    """What a person asks the desk to do."""
    detail: Any = done.detail
    what = done.what
    if what in {"birthday", "payment", "appointment"}:
        year = None if what == "birthday" else detail.year
        return RecordDate(name=what, day=detail.day, month=detail.month, year=year)
    if what == "consent":
        purpose, kinds, given = detail
        if given:
            return GiveConsent(purpose=purpose, channels=kinds, evidence="form")
        return WithdrawConsent(purpose=purpose, channels=kinds)
    number = int(life.name.split()[1])
    handles = {"email": f"c{number}@example.vn", "phone": f"09012345{number:02}", "zalo": f"z{number}"}
    bought: dict[str, Any] = {"purchase_id": "b", "items": [{"name": "tea", "total": 9}], "total": 9, "currency": "VND"}
    made: dict[str, Callable[[], Command]] = {
        "registered": lambda: RegisterCustomer(name=life.name, tier=detail),
        "address": lambda: AddAddress(channel=detail, handle=handles[detail]),
        "tier": lambda: ChangeTier(tier=detail),
        "buy": lambda: RecordPurchase(**bought, warranty_until=detail),
        "return": lambda: ReturnPurchase(purchase_id="b", total=9, whole=True),
        "receive": lambda: c.ReceiveTicket(
            customer_id=ids[life.owner], channel=detail, subject="s", category="login", priority="P3"
        ),
        "hold": lambda: c.PutOnHold(waiting_for=detail, reason="asked"),
        "promise": lambda: c.PromiseCallback(at=detail),
        "message": lambda: c.ReceiveMessage(body="4711"),
        "resume": c.ResumeWork,
        "resolve": lambda: c.ResolveTicket(resolution="sent", code="solved"),
        "reopen": lambda: c.ReopenTicket(reason="not yet"),
        "rate": lambda: c.RateSatisfaction(score=5),
    }
    return made[what]()
