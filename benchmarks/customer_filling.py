"""What a desk knows of the customers of a filled log: purchases, offers, contracts, usage and answers to surveys."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.log_filling import BEGINNING, CUSTOMERS, SEED, Happened, append
from domain.contract import events as k
from domain.customer import events as c
from domain.customer.facts import events as f
from domain.definitions.events import DefinitionPublished
from domain.definitions.state import definition_stream
from domain.messages import Event
from domain.usage.events import UsageRecorded
from domain.usage.state import usage_stream

PURCHASES, OFFERS, ANSWERS, CONTRACTS, USAGE_DAYS = 30_000, 10_000, 10_000, 5_000, 30_000
BEFORE = timedelta(days=400)
"""So long before the first ticket the customers are known."""
_TERM = timedelta(days=180)
_GROWING = {"members": {"field": "purchases", "days": 180, "comparison": "at_least", "value": 2}}
_DEFINITIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("segment", "growing", _GROWING),
    ("upselling", "tenant", {"valid_days": 30, "eligible": "growing"}),
    *(
        (
            "nps-wave",
            f"wave {number}",
            {
                "opens": (BEGINNING + timedelta(days=90 * number)).isoformat(),
                "closes": (BEGINNING + timedelta(days=90 * number + 20)).isoformat(),
                "segment": "growing" if number % 2 else None,
            },
        )
        for number in range(6)
    ),
)
"""The definitions in effect by kind, name and body: every second wave asks the members of a segment alone."""


def register(dsn: str, tenant: str, customers: int = CUSTOMERS) -> None:
    """The customers of filled tickets, or the first of them, with their organisations, and published definitions."""
    random, since = Random(SEED), BEGINNING - BEFORE
    published = (
        DefinitionPublished(kind=kind, name=name, version=1, effective_from=since, body=body)
        for kind, name, body in _DEFINITIONS
    )
    definitions = [Happened(since, definition_stream(each.kind, each.name), each) for each in published]
    append(dsn, tenant, chain(definitions, _registered(random, since, customers)), imported=True)


def record_facts(dsn: str, tenant: str, until: datetime, share: float = 1.0) -> None:
    """What customers did up to an instant, imported in the order in which it happened; ``share`` of the usual number.

    The first position behind the log must be after that instant.
    """
    random = Random(SEED)
    facts = chain.from_iterable(
        kind(random, until, number)
        for kind, count in (
            (_purchase, PURCHASES),
            (_offer, OFFERS),
            (_answer, ANSWERS),
            (_contract, CONTRACTS),
            (_usage, USAGE_DAYS),
        )
        for number in range(int(count * share))
    )
    append(dsn, tenant, sorted((each for each in facts if each.at < until), key=lambda each: each.at), imported=True)


def _registered(random: Random, since: datetime, customers: int) -> Iterator[Happened]:
    """The first of twenty are organisations; every second other one belongs to one of them."""
    organisations = customers // 20
    for number in range(customers):
        party = "organisation" if number < organisations else "person"
        tier = random.choice(("standard", "gold"))
        yield Happened(since, UUID(int=number), c.CustomerRegistered(name=f"Khách {number}", tier=tier, party=party))
    for number in range(organisations, customers, 2):
        organisation = UUID(int=random.randrange(organisations))
        yield Happened(since, UUID(int=number), c.CustomerJoined(organisation=organisation, main=True))


def _customer(random: Random) -> UUID:
    return UUID(int=random.randrange(CUSTOMERS))


def _instant(random: Random, until: datetime) -> datetime:
    """One that no other fact is likely to have."""
    begins = BEGINNING - BEFORE
    return begins + timedelta(microseconds=random.randrange((until - begins) // timedelta(microseconds=1)))


def _purchase(random: Random, until: datetime, number: int) -> Iterator[Happened]:
    customer, at, total = _customer(random), _instant(random, until), random.randrange(1, 50) * 10_000
    items = (f.PurchasedItem(name=random.choice(("router", "camera", "loa")), total=total),)
    bought = f.PurchaseRecorded(purchase_id=f"p{number}", items=items, total=total, currency="VND")
    yield Happened(at, customer, bought)
    if random.random() < 0.05:
        returned = f.PurchaseReturned(purchase_id=f"p{number}", total=total, whole=True)
        yield Happened(at + timedelta(days=random.randrange(1, 60)), customer, returned)


def _offer(random: Random, until: datetime, number: int) -> Iterator[Happened]:
    customer, at = _customer(random), _instant(random, until)
    made = f.OfferMade(offer_id=f"o{number}", product="gói lớn", value=random.randrange(1, 9) * 100_000, currency="VND")
    yield Happened(at, customer, made)
    if random.random() < 0.6:
        answer = random.choice((f.OfferAccepted, f.OfferDeclined))
        yield Happened(at + timedelta(days=random.randrange(1, 40)), customer, answer(offer_id=made.offer_id))


def _answer(random: Random, until: datetime, number: int) -> Iterator[Happened]:
    wave = f"wave {number % 6}" if number % 2 else None
    yield Happened(_instant(random, until), _customer(random), f.NpsAnswered(score=random.randrange(11), wave=wave))


def _contract(random: Random, until: datetime, number: int) -> Iterator[Happened]:
    """Terms of half a year, of which seven in ten are renewed and one is terminated."""
    stream, customer, at = UUID(int=1 << 100 | number), _customer(random), _instant(random, until)
    value = random.randrange(1, 20) * 1_000_000
    starts, ends, term = at.date(), (at + _TERM).date(), 1
    signed = k.ContractSigned(
        number=f"HD-{number}", customer_id=customer, starts_on=starts, ends_on=ends, value=value, currency="VND"
    )
    yield Happened(at, stream, signed)
    while (chance := random.random()) < 0.7 and at < until:
        at, term, starts, ends = at + _TERM, term + 1, ends + timedelta(days=1), ends + _TERM
        yield Happened(at - timedelta(days=random.randrange(50)), stream, _renewed(term, starts, ends, value))
    if chance < 0.8:
        on = ends - timedelta(days=60)
        yield Happened(at + timedelta(days=100), stream, k.ContractTerminated(term=term, on=on))


def _renewed(term: int, starts: date, ends: date, value: int) -> Event:
    return k.ContractRenewed(term=term, starts_on=starts, ends_on=ends, value=value, currency="VND")


def _usage(random: Random, until: datetime, _number: int) -> Iterator[Happened]:
    """Every second customer uses the product now and then."""
    customer, at = UUID(int=2 * random.randrange(CUSTOMERS // 2)), _instant(random, until)
    used = UsageRecorded(
        customer_id=customer, product="app", metric="sessions", day=at.date(), value=float(random.randrange(50))
    )
    yield Happened(at, usage_stream(customer, "app"), used)
