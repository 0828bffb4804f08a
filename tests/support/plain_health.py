"""Health, segments, and the figures that read them, in plain Python over exported events.

Only whether a ticket is late is asked of the product's clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from domain.contract.events import ContractSigned
from domain.customer.events import CustomerRegistered
from domain.envelope import RecordedEvent
from domain.sla.clock.clock import clocks
from domain.text_folding import fold_code
from domain.ticket import events as t
from domain.usage.events import UsageRecorded
from tests.support.drawn_health import ELIGIBLE, HEALTH, NOT_YET
from tests.support.plain_events import Fact
from tests.support.plain_facts import PlainFacts
from tests.support.plain_known import MEASURES, KnownOf, points_of
from tests.support.plain_periods import DAY, Span, begins
from tests.support.plain_promises import PlainPromises

YEAR = 366 * DAY


class PlainHealth(PlainPromises, PlainFacts):
    """How well customers are at an instant, by what had happened then."""

    def _happened(self, stream: UUID, at: datetime) -> list[RecordedEvent]:
        return [event for event in self.streams.get(stream, ()) if event.occurred_at <= at]

    @cache  # noqa: B019 -- lives as long as a question
    def _together(self, at: datetime) -> dict[UUID, UUID]:
        """The survivor of each customer that is known at an instant."""
        customers = [stream for stream, of in self.streams.items() if of[0].kind == "customer"]
        into = {each: self._into(of) for each in customers if (of := self._happened(each, at))}
        survivors = {}
        for each in into:
            seen = [each]
            while (following := into.get(seen[-1])) is not None and following not in seen:
                seen.append(following)
            survivors[each] = seen[-1]
        return survivors

    @cache  # noqa: B019 -- lives as long as a question
    def known_of(self, customer: UUID, at: datetime) -> KnownOf | None:
        """What is known of a person at an instant; None when nothing is."""
        survivors = self._together(at)
        if customer not in survivors:
            return None
        person = survivors[customer]
        records = {each for each, survivor in survivors.items() if survivor == person}
        mine: dict[str, list[list[RecordedEvent]]] = {"ticket": [], "contract": [], "usage": []}
        for stream, history in self.streams.items():
            owners = [
                event.payload.customer_id for event in history
                if isinstance(event.payload, t.TicketReceived | t.CustomerCorrected | ContractSigned | UsageRecorded)
            ]  # fmt: skip
            happened = self._happened(stream, at)
            if owners and owners[-1] in records and happened:
                mine[history[0].kind].append(happened)
        own = [event for each in records for event in self._happened(each, at)]
        received = [of for of in mine["ticket"] if any(isinstance(each.payload, t.TicketReceived) for each in of)]
        late = {of[0].stream for of in received if self._was_late(of, at)}
        return KnownOf(person, at, self.tenant.day(at), own, received, mine["contract"], mine["usage"], late)

    def _was_late(self, history: Sequence[RecordedEvent], at: datetime) -> bool:
        if history[0].occurred_at < at - YEAR:
            return False
        return any(each.verdict == "breached" for each in clocks(history, self._policies, at))

    def band(self, customer: UUID, at: datetime) -> str:
        known = self.known_of(customer, at)
        if known is None:
            return "unknown"
        body = [body for since, body in HEALTH if since <= at][-1]
        points = {}
        for rule in body["measures"]:
            value = MEASURES[rule["measure"]](known, rule.get("days", 30))
            if value is not None:
                points[rule["measure"]] = rule["weight"], round(points_of(rule, value), 1)
        coverage = sum(weight for weight, _ in points.values())
        if coverage < body["least_coverage"]:
            return "unknown"
        score = round(sum(weight * given for weight, given in points.values()) / coverage, 1)
        return next(str(band["name"]) for band in body["bands"] if score < band.get("below", 101))

    def renewal_chance(self, _span: Span) -> Iterator[Fact]:
        """By the band 90 days before the end; by that of now until then."""
        for fact, term, _ in self._due:
            became = next(name for name in ("renewed", "lapsed", "terminated", "open") if name in fact.parts)
            day = begins(term["ends_on"] - 90 * DAY, self.tenant.zone)
            if became == "open":
                yield Fact(fact.at, fact.customer, (), "open", {"band": None})
                continue
            assert fact.customer is not None
            of = {"band": self.band(fact.customer, min(day, self.now))}
            yield Fact(fact.at, fact.customer, (became, "terms"), None, of, final=self.now >= day)

    def _is_eligible(self, customer: UUID, at: datetime) -> bool:
        if at < NOT_YET:
            registered = (event for event in self.streams[customer] if isinstance(event.payload, CustomerRegistered))
            return any(event.occurred_at < at for event in registered)
        known = self.known_of(customer, at)
        members = [members for since, members in ELIGIBLE if since <= at][-1]
        return known is not None and self._meets(members, known)

    def _meets(self, members: Mapping[str, Any], known: KnownOf) -> bool:
        if "all" in members:
            return all(self._meets(each, known) for each in members["all"])
        if "any" in members:
            return any(self._meets(each, known) for each in members["any"])
        if "not" in members:
            return not self._meets(members["not"], known)
        has = self.band(known.person, known.at) if members["field"] == "band" else known.field(**members)
        if has is None:
            return False
        if isinstance(has, str):
            return fold_code(has) in [fold_code(each) for each in members["value"]]
        compared = members.get("comparison", "is")
        above, same = bool(has > members["value"]), bool(has == members["value"])
        return {"above": above, "at_least": above or same, "at_most": not above, "is": same}[compared]

    def upsell_eligible(self, span: Span) -> Iterator[Fact]:
        """Eligible is a person with a record that is in the segment, when the period begins."""
        accepted = self._accepted(span)
        customers = [stream for stream, history in self.streams.items() if history[0].kind == "customer"]
        eligible = {self.person(each) for each in customers if self._is_eligible(each, span.start)}
        for person in eligible:
            parts = ("eligible", *(["accepted"] if person in accepted else []))
            yield Fact(span.start, person, parts, final=span.end <= self.now)
        for person in accepted.keys() - eligible:
            yield Fact(min(offer["answered_at"] for offer in accepted[person]), person, (), "not_eligible")
