"""Makes the summary of a customer from the events that were known and had happened by an instant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from domain.contract import events as c
from domain.contract.state import contract_of
from domain.customer import events as e
from domain.customer.facts import events as f
from domain.customer.facts.permission import ConsentWord
from domain.customer.facts.state import CustomerFacts, Purchase
from domain.customer.facts.state import evolve as evolve_facts
from domain.envelope import RecordedEvent
from domain.health.summary import ContractSummary, CustomerSummary, DailyUsage, PurchaseSummary, Rating, TicketSummary
from domain.local_time import local_day
from domain.text_folding import fold_name
from domain.ticket import events as t
from domain.ticket.timeline import StreamTimeline, is_contact, receipt_of
from domain.usage.events import UsageRecorded
from domain.zones import TimeZone

History = Sequence[RecordedEvent]


class Histories(NamedTuple):
    """The events of the streams of one person: those of the survivor first among ``customers``.

    ``late`` are the tickets of which a target was missed by then.
    """

    customers: Sequence[History]
    tickets: Sequence[History] = ()
    contracts: Sequence[History] = ()
    usage: Sequence[History] = ()
    late: Collection[UUID] = ()


def summarise(customer: UUID, histories: Histories, at: datetime, zone: TimeZone) -> CustomerSummary:
    """The summary of a survivor ``at`` an instant; ``zone`` says which local day that is.

    The histories hold what was known and had happened by then.
    """
    day = local_day(at, zone)
    own = _in_world_order(histories.customers[0] if histories.customers else ())
    everything = _in_world_order(chain.from_iterable(histories.customers))
    summary = _who(CustomerSummary(customer, at, day), own)
    tickets = [ticket for history in histories.tickets if (ticket := _ticket(history, histories.late)) is not None]
    check_ins = [event.occurred_at for event in everything if isinstance(event.payload, f.CheckInRecorded)]
    return replace(
        summary,
        organisations=frozenset().union(*map(_organisations, histories.customers)),
        tickets=tuple(sorted(tickets, key=by_receipt)),
        ratings=tuple(sorted(rating for history in histories.tickets if (rating := _rating(history)) is not None)),
        nps=tuple(
            Rating(event.occurred_at, event.payload.score, event.stream)
            for event in everything
            if isinstance(event.payload, f.NpsAnswered)
        ),
        contacts=tuple(sorted([*check_ins, *chain.from_iterable(map(_contacts, histories.tickets))])),
        purchases=tuple(chain.from_iterable(map(_purchases, histories.customers))),
        contracts=tuple(
            contract for history in histories.contracts if (contract := contract_summary(history, day)) is not None
        ),
        usage=usage_by(map(_reports, histories.usage), day),
        consents=_consents(everything),
    )


def _in_world_order(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    return sorted(events, key=lambda event: (event.occurred_at, event.position))


def _who(summary: CustomerSummary, own: History) -> CustomerSummary:
    for event in own:
        match event.payload:
            case e.CustomerRegistered(name=name, tier=tier, party=party):
                summary = replace(summary, name=name, tier=tier, party=party, registered_at=event.occurred_at)
            case e.CustomerDetailsChanged(name=name):
                summary = replace(summary, name=name)
            case e.TierChanged(tier=tier):
                summary = replace(summary, tier=tier)
            case _:
                pass
    return summary


def _organisations(history: History) -> set[UUID]:
    """The organisations that one customer belongs to; another one that is the same person may still be in one."""
    member: set[UUID] = set()
    for event in _in_world_order(history):
        match event.payload:
            case e.CustomerJoined(organisation=organisation):
                member.add(organisation)
            case e.CustomerLeft(organisation=organisation):
                member.discard(organisation)
            case _:
                pass
    return member


def _ticket(history: History, late: Collection[UUID]) -> TicketSummary | None:
    steps = StreamTimeline(history).steps
    if not steps:
        return None
    ticket = steps[-1].after
    return TicketSummary(
        ticket=history[0].stream,
        received_at=steps[0].at,
        is_open=ticket.is_open,
        counts=ticket.state not in {"merged", "cancelled"},
        reopened=any(step.crossing == "reopened" for step in steps),
        late=history[0].stream in late,
    )


def by_receipt(ticket: TicketSummary) -> tuple[datetime, UUID]:
    """The order of the tickets of a summary."""
    return ticket.received_at, ticket.ticket


def _rating(history: History) -> Rating | None:
    """The last rating of a ticket."""
    rated = [event for event in history if isinstance(event.payload, t.SatisfactionRated)]
    if not rated:
        return None
    last = max(rated, key=lambda event: (event.occurred_at, event.version))
    return Rating(last.occurred_at, last.payload.score, last.stream)


def _contacts(history: History) -> Iterable[datetime]:
    """The receipt, the customer's messages, and the answers by people."""
    receipt = receipt_of(history)
    return (event.occurred_at for event in history if is_contact(event, receipt))


def _purchases(history: History) -> Iterable[PurchaseSummary]:
    facts, bought = CustomerFacts(), dict[str, datetime]()
    for event in history:
        if isinstance(event.payload, f.PurchaseRecorded | f.PurchaseCorrected | f.PurchaseReturned):
            facts = evolve_facts(facts, event.payload, event.occurred_at)
            if event.payload.purchase_id in facts.purchases:
                bought.setdefault(event.payload.purchase_id, event.occurred_at)
    for purchase_id, purchase in facts.purchases.items():
        yield _purchase(purchase_id, purchase, bought[purchase_id])


def _purchase(purchase_id: str, purchase: Purchase, at: datetime) -> PurchaseSummary:
    left = 0 if purchase.whole else purchase.total - purchase.returned
    return PurchaseSummary(purchase_id, at, left, purchase.currency, kept=not purchase.whole)


def contract_summary(history: History, day: date) -> ContractSummary | None:
    """The summary of one contract; None of a stream that does not begin with a signature."""
    signed = history[0].payload
    if not isinstance(signed, c.ContractSigned):
        return None
    contract = contract_of(history)
    ended = contract.terminated_on if contract.state == "terminated" else None
    in_force = any(term.starts_on <= day <= term.ends_on for term in contract.terms) and (ended is None or day <= ended)
    last_day = max((term.ends_on for term in contract.terms), default=day)
    return ContractSummary(
        history[0].stream,
        signed.number,
        last_day if ended is None else min(ended, last_day),
        in_force,
        contract.auto_renews and contract.state == "running",
    )


def reported_usage(product: str, metric: str, day: date, value: float, limit: float | None) -> DailyUsage:
    """The value of a metric on a day as it was reported."""
    return DailyUsage(fold_name(product), fold_name(metric), day, value, limit)


def _reports(history: History) -> Iterable[DailyUsage]:
    used = (event.payload for event in history if isinstance(event.payload, UsageRecorded))
    return (reported_usage(each.product, each.metric, each.day, each.value, each.limit) for each in used)


def usage_by(streams: Iterable[Iterable[DailyUsage]], day: date) -> tuple[DailyUsage, ...]:
    """The last report of each metric and day in recorded order, summed over streams of customers that are one person.

    Days that are still to come are left out.
    """
    days: dict[tuple[str, str, date], DailyUsage] = {}
    for stream in streams:
        last = {usage[:3]: usage for usage in stream if usage.day <= day}
        for key, usage in last.items():
            known = days.get(key)
            limits = [limit for limit in (known and known.limit, usage.limit) if limit is not None]
            value = usage.value + (known.value if known else 0)
            days[key] = DailyUsage(*key, value, sum(limits) if limits else None)
    return tuple(days[key] for key in sorted(days))


def _consents(everything: Iterable[RecordedEvent]) -> Mapping[str, tuple[ConsentWord, ...]]:
    words: dict[str, tuple[ConsentWord, ...]] = {}
    for event in everything:
        match event.payload:
            case f.ConsentGiven(purpose=purpose, channels=channels, valid_until=until):
                word = ConsentWord(event.occurred_at, True, channels, until)
            case f.ConsentWithdrawn(purpose=purpose, channels=channels):
                word = ConsentWord(event.occurred_at, False, channels, None)
            case _:
                continue
        words[purpose] = (*words.get(purpose, ()), word)
    return words
