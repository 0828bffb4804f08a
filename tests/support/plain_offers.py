"""The figures of offers in plain Python over exported events."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.customer.facts import events as f
from tests.support.plain_contracts import PlainContracts
from tests.support.plain_events import Fact
from tests.support.plain_periods import DAY, Span, begins


class PlainOffers(PlainContracts):
    """What is offered, and what is made of it."""

    @cached_property
    def _offers(self) -> list[dict[str, Any]]:
        return list(self._offers_anew())

    def _offers_anew(self) -> Iterator[dict[str, Any]]:
        offers: dict[tuple[UUID, str], dict[str, Any]] = {}
        for event, payload in self.of(f.OfferMade, f.OfferAccepted, f.OfferDeclined):
            key = event.stream, payload.offer_id
            if isinstance(payload, f.OfferMade):
                until = payload.valid_until
                if until is None:
                    until = self.tenant.day(event.occurred_at) + self.valid_days * DAY
                expires = begins(until + DAY, self.tenant.zone)
                offers[key] = {
                    "customer": event.stream, "at": event.occurred_at, "expires": expires, "value": payload.value,
                    "currency": payload.currency, "answer": None,
                }  # fmt: skip
            elif key in offers:
                accepted = isinstance(payload, f.OfferAccepted)
                value = payload.value if accepted and payload.value is not None else offers[key]["value"]
                offers[key] |= {
                    "answer": "accepted" if accepted else "declined", "answered_at": event.occurred_at, "agreed": value,
                }  # fmt: skip
        for offer in offers.values():
            in_time = offer["answer"] is not None and offer["answered_at"] < offer["expires"]
            for end in {"answered_at", "expires"} & offer.keys():
                offer[end] = max(offer[end], offer["at"])
            offer["late"] = offer["answer"] == "accepted" and not in_time
            offer["decision"], offer["decided_at"] = None, None
            if in_time:
                offer["decision"], offer["decided_at"] = offer["answer"], offer["answered_at"]
            elif offer["expires"] <= self.now:
                offer["decision"], offer["decided_at"] = "expired", offer["expires"]
            yield offer

    def upsell(self, span: Span) -> Iterator[Fact]:
        judged = min(span.end - timedelta.resolution, self.now)
        for offer in self._offers:
            who = offer["customer"]
            yield Fact(offer["at"], who, ("made",), final=None)
            if offer["decision"]:
                yield Fact(offer["decided_at"], who, (offer["decision"],), final=True)
            if offer["late"]:
                yield Fact(offer["answered_at"], who, ("accepted_late",), final=None)
            if offer["at"] <= judged and (offer["decided_at"] is None or offer["decided_at"] > judged):
                yield Fact(judged, who, ("open",), final=None)

    def upsell_customers(self, span: Span) -> Iterator[Fact]:
        made: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for offer in self._offers:
            if span.start <= offer["at"] < span.end:
                made[self.person(offer["customer"])].append(offer)
        for person, offers in made.items():
            accepted = any(offer["decision"] == "accepted" for offer in offers)
            parts = ("offered", *(["accepted"] if accepted else []))
            final = accepted or all(offer["decision"] for offer in offers)
            yield Fact(min(offer["at"] for offer in offers), person, parts, final=final)

    def _accepted(self, span: Span) -> dict[UUID, list[dict[str, Any]]]:
        """The offers that each person accepted in a period, also after their expiry."""
        of: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for offer in self._offers:
            if offer["answer"] == "accepted" and span.start <= offer["answered_at"] < span.end:
                of[self.person(offer["customer"])].append(offer)
        return of

    def upsell_value(self, span: Span) -> Iterator[Fact]:
        first = self.calendar.day(span.start)
        for person, offers in self._accepted(span).items():
            for currency in {offer["currency"] for offer in offers}:
                of = [offer for offer in offers if offer["currency"] == currency]
                at = min(offer["answered_at"] for offer in of)
                if currency is None:
                    yield Fact(at, person, (), "no_value", {"currency": None})
                    continue
                recurring = sum(
                    self._yearly(term)
                    for customer, terms in self._contracts
                    for term in terms
                    if self.person(customer) == person and term["currency"] == currency
                    and term["starts_on"] <= first <= (term["ended_on"] or term["ends_on"])
                )  # fmt: skip
                parts = {"customers": 1, "accepted": sum(offer["agreed"] for offer in of), "recurring": recurring}
                yield Fact(at, person, parts, None, {"currency": currency})

    @staticmethod
    def _yearly(term: dict[str, Any]) -> int:
        """A term by its whole months, times 12."""
        days = (term["ends_on"] - term["starts_on"]).days + 1
        months = max(1, round(days / (365.2425 / 12)))
        return int(term["value"] * 12 / months + 0.5)
