"""Histories of customers, contracts, usage and feedback that hypothesis draws, over some months around March 2026."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.contract import events as c
from domain.customer import events as e
from domain.customer.facts import events as f
from domain.envelope import RecordedEvent
from domain.feedback.events import FeedbackNoted
from domain.messages import Event
from domain.usage.events import UsageRecorded
from tests.support.events import Fact, history

BEGIN = datetime(2025, 10, 1, tzinfo=UTC)
LAN, BINH, CHI, ACME = CUSTOMERS = tuple(UUID(int=number) for number in (1001, 1002, 1003, 1004))
"""The last one is an organisation."""
WAVE = "Quý 1"
History = list[RecordedEvent]

_customers = st.sampled_from(CUSTOMERS)
_days = st.integers(1, 300)
_instants = st.builds(
    lambda day, hour: BEGIN + timedelta(days=day, hours=hour), _days, st.sampled_from([0, 3, 16, 17, 23])
)
_local_days = st.builds(lambda day: date(2025, 10, 1) + timedelta(days=day), _days)
_ids = st.sampled_from(["a", "b", "c"])
_currencies = st.sampled_from(["VND", "USD"])
_money = st.sampled_from([0, 100, 120, 250, 1_000])
_tickets = st.none() | st.sampled_from([UUID(int=1), UUID(int=2)])
_themes = st.sampled_from(["giá", "gi\u0061\u0301", "giao hàng"])

_FACTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        f.NpsAnswered,
        score=st.integers(0, 10),
        wave=st.sampled_from([None, WAVE, WAVE.replace(" ", "  "), "other"]),
        ticket=_tickets,
    ),
    st.builds(
        f.PurchaseRecorded,
        purchase_id=_ids,
        items=st.just((f.PurchasedItem(name="x", total=100),)),
        total=st.just(100),
        currency=_currencies,
    ),
    st.builds(f.PurchaseReturned, purchase_id=_ids, total=st.just(10), whole=st.booleans()),
    st.builds(
        f.OfferMade,
        offer_id=_ids,
        product=st.just("more"),
        value=_money,
        currency=_currencies,
        valid_until=st.none() | _local_days,
    ),
    st.builds(f.OfferAccepted, offer_id=_ids, value=st.none() | _money),
    st.builds(f.OfferDeclined, offer_id=_ids),
    st.builds(e.CustomerJoined, organisation=st.just(ACME), main=st.booleans()),
    st.builds(e.CustomerLeft, organisation=st.just(ACME)),
)


@st.composite
def customer_logs(draw: st.DrawFn) -> list[History]:
    """The streams of four customers who merge and part, of contracts, of usage and of feedback."""
    facts: dict[UUID, list[Fact]] = {customer: [Fact(BEGIN, _registered(customer))] for customer in CUSTOMERS}
    for customer, at, payload in draw(st.lists(st.tuples(_customers, _instants, _FACTS), max_size=18)):
        facts[customer].append(Fact(at, payload))
    for source, target, at, undone in draw(
        st.lists(st.tuples(_customers, _customers, _instants, st.booleans()), max_size=2)
    ):
        facts[source].append(Fact(at, e.CustomerMerged(into=target)))
        facts[target].append(Fact(at, e.CustomerAbsorbed(customer_id=source)))
        if undone:
            facts[source].append(Fact(at, e.CustomerMergeUndone(into=target)))
            facts[target].append(Fact(at, e.CustomerAbsorptionUndone(customer_id=source)))
    streams = list(facts.items())
    streams += [(UUID(int=2_000 + number), draw(_contracts())) for number in range(draw(st.integers(0, 3)))]
    streams += [(UUID(int=3_000 + number), draw(_used())) for number in range(draw(st.integers(0, 2)))]
    streams += [(UUID(int=4_000 + number), draw(_said())) for number in range(draw(st.integers(0, 6)))]
    return [history(*happened, ticket=stream) for stream, happened in streams]


def by_then(histories: Sequence[History], now: datetime) -> list[History]:
    """What had happened by an instant; streams that had not begun are left out."""
    kept = [[event for event in events if event.occurred_at <= now] for events in histories]
    return [events for events in kept if events]


def _registered(customer: UUID) -> e.CustomerRegistered:
    return e.CustomerRegistered(name="A", tier="gold", party="organisation" if customer == ACME else "person")


@st.composite
def _contracts(draw: st.DrawFn) -> list[Fact]:
    """A contract that is signed, renewed a few times, and perhaps lapses or is terminated at last.

    It may be terminated in the term before the newest one.
    """
    starts_on = date(2025, 10, 1) + timedelta(days=draw(st.integers(-200, 150)))
    ends_on = starts_on + timedelta(days=draw(st.sampled_from([30, 90, 200])))
    terms: dict[str, Any] = {"value": draw(_money), "currency": draw(_currencies)}
    signed = c.ContractSigned(number="1", customer_id=draw(_customers), starts_on=starts_on, ends_on=ends_on, **terms)
    facts = [Fact(BEGIN, signed)]
    for number in range(2, draw(st.integers(2, 4))):
        signed_on = ends_on + timedelta(days=draw(st.integers(-50, 30)))
        at = max(facts[-1].occurred_at, _noon(signed_on))
        starts_on, ends_on = ends_on + timedelta(days=1), ends_on + timedelta(days=draw(st.sampled_from([31, 92])))
        terms = {"value": draw(_money), "currency": draw(st.just(terms["currency"]) | _currencies)}
        late = signed_on >= starts_on
        facts.append(Fact(at, c.ContractRenewed(term=number, starts_on=starts_on, ends_on=ends_on, late=late, **terms)))
    number = len(facts)
    at = max(facts[-1].occurred_at, _noon(ends_on - timedelta(days=3)))
    end = draw(st.sampled_from(["runs", "lapsed", "terminated"]))
    if end == "terminated":
        last_day = ends_on if number == 1 else draw(st.sampled_from([ends_on, starts_on - timedelta(days=1)]))
        on = last_day - timedelta(days=draw(st.integers(0, 5)))
        facts.append(Fact(at, c.ContractTerminated(term=number if on >= starts_on else number - 1, on=on)))
    elif end == "lapsed":
        facts.append(Fact(_noon(ends_on + timedelta(days=31)), c.ContractLapsed(term=number)))
    return facts


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


@st.composite
def _used(draw: st.DrawFn) -> list[Fact]:
    customer = draw(_customers)
    days = draw(st.lists(st.tuples(_local_days, st.sampled_from([0.0, 5.0])), min_size=1, max_size=5))
    return [
        Fact(_noon(day), UsageRecorded(customer_id=customer, product="crm", metric="logins", day=day, value=value))
        for day, value in days
    ]


@st.composite
def _said(draw: st.DrawFn) -> list[Fact]:
    polarity = draw(st.sampled_from(["positive", "neutral", "negative"]))
    noted = FeedbackNoted(customer_id=draw(_customers), theme=draw(_themes), polarity=polarity)
    return [Fact(draw(_instants), noted)]
