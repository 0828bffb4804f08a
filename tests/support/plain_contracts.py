"""The figures of contract terms in plain Python over exported events."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.contract import events as c
from tests.support.plain_events import Fact, PlainEvents
from tests.support.plain_periods import DAY, Span, begins

GRACE = timedelta(days=30)


class PlainContracts(PlainEvents):
    """What becomes of terms, from the events of contracts."""

    @cached_property
    def _contracts(self) -> list[tuple[UUID, list[dict[str, Any]]]]:
        return list(self._contracts_anew())

    def _contracts_anew(self) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
        """The customer of each contract and its terms, as the recorded order leaves them."""
        for history in self.streams.values():
            if not isinstance(history[0].payload, c.ContractSigned):
                continue
            terms: list[dict[str, Any]] = []
            for event in history:
                payload = event.payload
                if isinstance(payload, c.ContractSigned | c.ContractRenewed):
                    if terms:
                        terms[-1] |= {"ended_as": "renewed", "ended_on": terms[-1]["ends_on"]}
                    terms.append({
                        "starts_on": payload.starts_on, "ends_on": payload.ends_on, "value": payload.value,
                        "currency": payload.currency, "signed_at": event.occurred_at, "signed_value": payload.value,
                        "signed_currency": payload.currency, "late": getattr(payload, "late", False),
                        "ended_as": None, "ended_on": None,
                    })  # fmt: skip
                elif isinstance(payload, c.ContractAmended):
                    terms[-1] |= {"ends_on": payload.ends_on, "value": payload.value, "currency": payload.currency}
                elif isinstance(payload, c.ContractLapsed):
                    terms[-1] |= {"ended_as": "lapsed", "ended_on": terms[-1]["ends_on"]}
                elif isinstance(payload, c.ContractTerminated):
                    terms[1:] = [term for term in terms[1:] if term["starts_on"] <= payload.on]
                    terms[-1] |= {"ended_as": "terminated", "ended_on": payload.on}
            yield history[0].payload.customer_id, terms

    @cached_property
    def _due(self) -> list[tuple[Fact, dict[str, Any], dict[str, Any] | None]]:
        return list(self._due_anew())

    def _due_anew(self) -> Iterator[tuple[Fact, dict[str, Any], dict[str, Any] | None]]:
        for customer, terms in self._contracts:
            for number, term in enumerate(terms):
                following = terms[number + 1] if number + 1 < len(terms) else None
                parts = ["due"]
                if term["ended_as"] == "renewed" and following is not None:
                    early = self.tenant.day(following["signed_at"]) < term["ends_on"] - 30 * DAY
                    parts += ["renewed", "late" if following["late"] else "early" if early else "on_time"]
                elif term["ended_as"]:
                    parts.append(term["ended_as"])
                else:
                    parts.append("lapsed" if self.tenant.day(self.now) > term["ends_on"] + GRACE else "open")
                at = begins(term["ends_on"], self.calendar.zone)
                yield Fact(at, customer, tuple(parts), final="open" not in parts), term, following

    def renewal(self, _span: Span) -> Iterator[Fact]:
        return (fact for fact, _, _ in self._due)

    def renewal_value(self, _span: Span) -> Iterator[Fact]:
        for fact, term, following in self._due:
            renewed = "renewed" in fact.parts
            assert not renewed or following is not None
            changed = renewed and following is not None and following["signed_currency"] != term["currency"]
            new = following["signed_value"] if following is not None and renewed else term["value"]
            sums: dict[str, int] = {"due": term["value"], "terms": 1}
            if renewed:
                sums |= {"renewed": min(new, term["value"]), "downgraded": max(term["value"] - new, 0)}
                sums |= {"upgraded": max(new - term["value"], 0)}
            else:
                (_, became, *_) = fact.parts
                sums |= {became: term["value"]}
            of = {"currency": term["currency"]}
            yield Fact(fact.at, fact.customer, sums, "currency_changed" if changed else None, of, final=fact.final)
