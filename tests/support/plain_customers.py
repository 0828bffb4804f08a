"""The figures of customers in plain Python over lists of events, without folds and SQL of the product."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from math import sqrt
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from domain.contract import events as c
from domain.customer import events as e
from domain.customer.facts import events as f
from domain.envelope import RecordedEvent
from domain.feedback.events import FeedbackNoted
from domain.text_folding import fold_name
from domain.usage.events import UsageRecorded
from domain.zones import TimeZone
from projections.scope.figure_query import Span

DAY = timedelta(days=1)


class Bought(NamedTuple):
    person: UUID
    at: datetime
    kept: bool


class Offered(NamedTuple):
    person: UUID
    at: datetime
    currency: str
    agreed: int
    how: str
    decided_at: datetime | None
    accepted_at: datetime | None
    late: bool


class Due(NamedTuple):
    """A term with what became of it, and the one after it."""

    ends_on: date
    became: str
    renewed_when: str | None
    value: int
    currency: str
    new_value: int
    new_currency: str


class PlainCustomers:
    """What some histories say when they are looked at now; days are those of ``zone``."""

    def __init__(self, histories: Iterable[Sequence[RecordedEvent]], now: datetime, zone: TimeZone) -> None:
        self.histories = [list(history) for history in histories]
        self.events = [event for history in self.histories for event in history]
        self.now, self.zone = now, zone

    def of(self, *kinds: type) -> Iterator[tuple[RecordedEvent, Any]]:
        return ((event, event.payload) for event in self.events if isinstance(event.payload, kinds))

    def person(self, customer: UUID) -> UUID:
        seen = {customer}
        while True:
            into = None
            for event, fact in self.of(e.CustomerMerged, e.CustomerMergeUndone):
                if event.stream == customer:
                    into = fact.into if isinstance(fact, e.CustomerMerged) else None
            if into is None or into in seen:
                return customer
            seen.add(into)
            customer = into

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)

    # NPS

    def organisation(self, customer: UUID, at: datetime) -> UUID | None:
        """The organisation of a customer, as its own record says it."""
        member: set[UUID] = set()
        changes = [
            (event.occurred_at, fact)
            for event, fact in self.of(e.CustomerRegistered, e.CustomerJoined, e.CustomerLeft)
            if event.stream == customer
        ]
        for happened_at, fact in sorted(changes, key=itemgetter(0)):
            if isinstance(fact, e.CustomerRegistered):
                if fact.party == "organisation":
                    return self.person(customer)
            elif happened_at <= at:
                (member.add if isinstance(fact, e.CustomerJoined) else member.discard)(fact.organisation)
        return self.person(member.pop()) if member else None

    def answers(self, *, of_tickets: bool = False) -> list[RecordedEvent]:
        """The answers in the order of their instants; of two at one instant the one that counts stands last."""
        answers = [event for event, fact in self.of(f.NpsAnswered) if (fact.ticket is not None) == of_tickets]
        return sorted(answers, key=lambda event: (event.occurred_at, event.version, -event.stream.int))

    def nps(self, span: Span) -> dict[str, Any]:
        """The score of the period, and that of organisations."""
        inside = [event for event in self.answers() if span.start <= event.occurred_at < span.end]
        return self._scores(inside, lambda event: self.person(event.stream))

    def nps_wave(self, name: str, opens: datetime, closes: datetime) -> dict[str, Any]:
        """The scores of a wave that everybody is asked in, over all periods."""
        named = [event for event in self.answers() if fold_name(event.payload.wave or "") == fold_name(name)]
        return self._scores([event for event in named if opens <= event.occurred_at < closes],
                            lambda event: self.person(event.stream))  # fmt: skip

    def nps_ticket(self, span: Span) -> dict[str, Any]:
        last = {event.payload.ticket: event for event in self.answers(of_tickets=True)}
        return score([answer.payload.score for answer in last.values() if span.start <= answer.occurred_at < span.end])

    def _scores(self, answers: Sequence[RecordedEvent], voter: Any) -> dict[str, Any]:
        last = {voter(event): event for event in answers}
        votes: dict[UUID | None, list[int]] = {}
        for event in last.values():
            votes.setdefault(self.organisation(event.stream, event.occurred_at), []).append(event.payload.score)
        nobody = votes.pop(None, [])
        means = [sum(scores) / len(scores) for scores in votes.values()]
        persons = score([event.payload.score for event in last.values()])
        again = len(answers) - len(last)
        return {
            "persons": persons | {"left_out": again},
            "organisations": score(means) | {"left_out": again + len(nobody)},
        }

    # purchases and activity

    def purchases(self) -> list[Bought]:
        bought: dict[tuple[UUID, str], Bought] = {}
        for event, fact in self.of(f.PurchaseRecorded, f.PurchaseReturned):
            key = event.stream, fact.purchase_id
            if isinstance(fact, f.PurchaseRecorded):
                bought.setdefault(key, Bought(self.person(event.stream), event.occurred_at, kept=True))
            elif key in bought and fact.whole:
                bought[key] = bought[key]._replace(kept=False)
        return list(bought.values())

    def repeat_purchase(self, span: Span) -> tuple[int, int, int]:
        """Customers with two purchases or more, with one or more, and those who gave all of theirs back."""
        since = self.begins(self.day(span.judged_at) - 364 * DAY)
        inside = [purchase for purchase in self.purchases() if since <= purchase.at <= span.judged_at]
        kept = Counter(purchase.person for purchase in inside if purchase.kept)
        return (
            sum(number >= 2 for number in kept.values()),
            len(kept),
            len({purchase.person for purchase in inside} - {*kept}),
        )

    def returning_buyers(self, span: Span) -> tuple[int, int, int]:
        inside = [purchase for purchase in self.purchases() if span.start <= purchase.at < span.end]
        kept = {purchase.person for purchase in inside if purchase.kept}
        before = {purchase.person for purchase in self.purchases() if purchase.kept and purchase.at < span.start}
        return len(kept & before), len(kept), len({purchase.person for purchase in inside} - kept)

    def active(self, at: datetime, days: int) -> set[UUID]:
        day = self.day(at)
        first = day - days * DAY
        persons = {
            purchase.person for purchase in self.purchases() if purchase.kept and self.begins(first) <= purchase.at < at
        }
        for customer, terms in self.contracts():
            if any(starts_on <= day <= ended_on for _, starts_on, ended_on in terms):
                persons.add(self.person(customer))
        last: dict[tuple[UUID, date], UsageRecorded] = {}
        for event, fact in self.of(UsageRecorded):
            last[event.stream, fact.day] = fact
        used = [fact for fact in last.values() if fact.value and first <= fact.day and self.begins(fact.day) < at]
        return persons | {self.person(fact.customer_id) for fact in used}

    def retention(self, span: Span, days: int) -> tuple[int, int, int]:
        """The retained, those at the start, and those at the end."""
        start, end = self.active(span.start, days), self.active(min(span.end, self.now), days)
        return len(start & end), len(start), len(end)

    # offers

    def offers(self, valid_days: int | None) -> list[Offered]:
        answered: dict[tuple[UUID, str], tuple[RecordedEvent, RecordedEvent | None]] = {}
        for event, fact in self.of(f.OfferMade, f.OfferAccepted, f.OfferDeclined):
            key = event.stream, fact.offer_id
            if isinstance(fact, f.OfferMade):
                answered[key] = event, None
            elif key in answered:
                answered[key] = answered[key][0], event
        return [self._offer(made, answer, valid_days) for made, answer in answered.values()]

    def _offer(self, made: RecordedEvent, answer: RecordedEvent | None, valid_days: int | None) -> Offered:
        until = made.payload.valid_until
        if until is None and valid_days is not None:
            until = self.day(made.occurred_at) + valid_days * DAY
        expires = None if until is None else max(self.begins(until + DAY), made.occurred_at)
        how, at, accepted_at, agreed = "open", None, None, 0
        if answer is not None:
            accepted = isinstance(answer.payload, f.OfferAccepted)
            how, at = ("accepted" if accepted else "declined"), max(answer.occurred_at, made.occurred_at)
            if accepted:
                accepted_at = at
                agreed = made.payload.value if answer.payload.value is None else answer.payload.value
        late = at is not None and expires is not None and at >= expires
        if expires is not None and expires <= self.now and (late or at is None):
            how, at = "expired", expires
        currency = made.payload.currency
        return Offered(self.person(made.stream), made.occurred_at, currency, agreed, how, at, accepted_at, late)

    def upsell(self, span: Span, valid_days: int | None) -> dict[str, int]:
        offers = self.offers(valid_days)
        inside = [offer for offer in offers if offer.decided_at and span.start <= offer.decided_at < span.end]
        counts = Counter(offer.how for offer in inside)
        return {
            **{how: counts[how] for how in ("accepted", "declined", "expired")},
            "accepted_late": sum(
                offer.late and offer.accepted_at is not None and span.start <= offer.accepted_at < span.end
                for offer in offers
            ),
            "made": sum(span.start <= offer.at < span.end for offer in offers),
            "open": sum(
                offer.at <= span.judged_at and (offer.decided_at is None or offer.decided_at > span.judged_at)
                for offer in offers
            ),
        }

    def upsell_customers(self, span: Span, valid_days: int | None) -> tuple[int, int]:
        inside = [offer for offer in self.offers(valid_days) if span.start <= offer.at < span.end]
        return len({offer.person for offer in inside if offer.how == "accepted"}), len(
            {offer.person for offer in inside}
        )

    def upsell_eligible(self, span: Span) -> tuple[int, int, int]:
        registered = self.of(e.CustomerRegistered)
        eligible = {self.person(event.stream) for event, _ in registered if event.occurred_at < span.start}
        accepted = {offer.person for offer in self._accepted(span)}
        return len(accepted & eligible), len(eligible), len(accepted - eligible)

    def upsell_value(self, span: Span) -> dict[str, tuple[int, int]]:
        """What was accepted and what the same customers pay, by currency."""
        first = self.day(span.start)
        sums: dict[str, tuple[int, int]] = {}
        accepted = sorted(self._accepted(span), key=lambda offer: offer.currency)
        for currency, of_currency in groupby(accepted, lambda offer: offer.currency):
            offers = list(of_currency)
            paid = sum(
                self._yearly(customer, term, first, currency, {offer.person for offer in offers})
                for customer, terms in self.contracts()
                for term in terms
            )
            sums[currency] = sum(offer.agreed for offer in offers), paid
        return sums

    def _accepted(self, span: Span) -> list[Offered]:
        return [
            offer for offer in self.offers(None) if offer.accepted_at and span.start <= offer.accepted_at < span.end
        ]

    def _yearly(self, customer: UUID, term: Any, on: date, currency: str, persons: set[UUID]) -> int:
        fact, starts_on, ended_on = term
        if self.person(customer) not in persons or fact.currency != currency or not starts_on <= on <= ended_on:
            return 0
        months = max(1, round(((fact.ends_on - starts_on).days + 1) / 30.436875))
        return int(fact.value * 12 / months + 0.5)

    # contracts

    def contracts(self) -> Iterator[tuple[UUID, list[tuple[Any, date, date]]]]:
        """The customer of each contract, and its terms: what was told of each, its first and its last day in force."""
        for history in self.histories:
            if isinstance(history[0].payload, c.ContractSigned):
                terms = [event.payload for event in self._terms(history)]
                ended = self._terminated_on(history) or date.max
                yield (
                    history[0].payload.customer_id,
                    [(term, term.starts_on, min(ended, term.ends_on)) for term in terms],
                )

    def _terms(self, history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
        """What was told of each term that begins before the contract is terminated."""
        last = self._terminated_on(history) or date.max
        terms = [event for event in history if isinstance(event.payload, c.ContractSigned | c.ContractRenewed)]
        return [event for event in terms if event.payload.starts_on <= last]

    def _terminated_on(self, history: Sequence[RecordedEvent]) -> date | None:
        return next((event.payload.on for event in history if isinstance(event.payload, c.ContractTerminated)), None)

    def due(self, first: date, last: date) -> list[Due]:
        due = []
        for history in self.histories:
            if not isinstance(history[0].payload, c.ContractSigned):
                continue
            terms = self._terms(history)
            end = next(
                (
                    event.payload
                    for event in history
                    if isinstance(event.payload, c.ContractTerminated | c.ContractLapsed)
                ),
                None,
            )
            for term, following in pairwise([*terms, None]):
                assert term is not None
                if first <= term.payload.ends_on <= last:
                    due.append(self._due(term.payload, following, end))
        return due

    def _due(self, term: Any, following: RecordedEvent | None, end: Any) -> Due:
        when = None
        if following is not None:
            signed = self.day(following.occurred_at)
            early = signed < term.ends_on - 30 * DAY
            became, when = "renewed", "late" if signed > term.ends_on else "early" if early else "on_time"
        elif end is not None:
            became = "lapsed" if isinstance(end, c.ContractLapsed) else "terminated"
        else:
            became = "lapsed" if self.day(self.now) > term.ends_on + 30 * DAY else "open"
        new = following.payload if following else term
        return Due(term.ends_on, became, when, term.value, term.currency, new.value, new.currency)

    # feedback

    def voice(self, start: datetime, end: datetime) -> Counter[tuple[str, str]]:
        """The items by folded theme and polarity."""
        return Counter(
            (fold_name(fact.theme), fact.polarity)
            for event, fact in self.of(FeedbackNoted)
            if start <= event.occurred_at < end
        )


def score(values: Sequence[float]) -> dict[str, Any]:
    """The score of some answers or means, with its margin."""
    promoters, detractors = sum(value >= 9 for value in values), sum(value < 7 for value in values)
    number = len(values)
    margin = None
    if number:
        p, d = promoters / number, detractors / number
        margin = 1.96 * sqrt((p + d - (p - d) ** 2) / number) * 100
    return {"promoters": promoters, "detractors": detractors, "answers": number, "margin": margin}
