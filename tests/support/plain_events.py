"""Exported events in plain Python: persons, tiers and organisations, and the counts of facts by period and group.

It reads nothing of projections/.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from domain.customer import events as e
from domain.envelope import RecordedEvent
from domain.segment.events import SegmentEntered
from domain.text_folding import fold_code, fold_name
from domain.zones import TimeZone
from tests.support.plain_periods import Calendar, Span

NO_GROUPS: Mapping[str, str | None] = MappingProxyType({})


class Fact(NamedTuple):
    """What a figure counts: when, of which customer, as which parts, or why it does not count.

    ``value`` is what medians and means are made of. ``final`` is None where a fact is neither final nor provisional.
    """

    at: datetime
    customer: UUID | None
    parts: tuple[str, ...] | Mapping[str, int]
    left_out: str | None = None
    of: Mapping[str, str | None] = NO_GROUPS
    organisation: tuple[UUID | None] | None = None
    final: bool | None = True
    value: float | None = None


class PlainEvents:
    """What exported events say by ``now``. ``tenant`` is the tenant's zone, in which offers expire."""

    def __init__(
        self, events: Iterable[RecordedEvent], now: datetime, calendar: Calendar, tenant: TimeZone, valid_days: int,
        active_days: int,
    ) -> None:  # fmt: skip
        self.events = sorted(events, key=lambda event: event.position)
        self.now, self.calendar, self.tenant = now, calendar, Calendar(tenant, 1)
        self.valid_days, self.active_days = valid_days, active_days
        self.streams: dict[UUID, list[RecordedEvent]] = {}
        for event in self.events:
            self.streams.setdefault(event.stream, []).append(event)

    def of(self, *kinds: type) -> Iterator[tuple[RecordedEvent, Any]]:
        return ((event, event.payload) for event in self.events if isinstance(event.payload, kinds))

    @cache  # noqa: B019 -- lives as long as a question
    def person(self, customer: UUID) -> UUID:
        """The survivor by every merge that is known."""
        seen = [customer]
        while (into := self._into(self.streams.get(seen[-1], ()))) is not None and into not in seen:
            seen.append(into)
        return seen[-1]

    @staticmethod
    def _into(history: Iterable[RecordedEvent]) -> UUID | None:
        into = None
        for event in history:
            if isinstance(event.payload, e.CustomerMerged):
                into = event.payload.into
            elif isinstance(event.payload, e.CustomerMergeUndone):
                into = None
        return into

    def _by(self, customer: UUID, at: datetime) -> list[RecordedEvent]:
        """What had happened to a customer by an instant, in the order of the world."""
        happened = [event for event in self.streams.get(customer, ()) if event.occurred_at <= at]
        return sorted(happened, key=lambda event: (event.occurred_at, event.version))

    @cache  # noqa: B019 -- lives as long as a question
    def tier(self, customer: UUID, at: datetime) -> str | None:
        """The tier of a customer at an instant: that of whom it was merged into by then."""
        seen = {customer}
        while (into := self._into(self._by(customer, at))) is not None and into not in seen:
            seen.add(into)
            customer = into
        tier = None
        for event in self._by(customer, at):
            if isinstance(event.payload, e.CustomerRegistered | e.TierChanged):
                tier = fold_code(event.payload.tier)
        return tier

    @cache  # noqa: B019 -- lives as long as a question
    def organisation_at(self, customer: UUID, at: datetime | None) -> UUID | None:
        """The main or only organisation of a record at an instant, or after all; of an organisation itself."""
        for event in self.streams.get(customer, ()):
            if isinstance(event.payload, e.CustomerRegistered) and event.payload.party == "organisation":
                return customer
        held = self._held(customer, at)
        if len(held) == 1:
            return next(iter(held))
        return next((organisation for organisation, main in held.items() if main), None)

    def _held(self, customer: UUID, at: datetime | None) -> dict[UUID, bool]:
        """The organisations that a record belongs to, and whether each is the main one."""
        held: dict[UUID, bool] = {}
        for event in self._by(customer, at or datetime.max.replace(tzinfo=self.now.tzinfo)):
            if isinstance(event.payload, e.CustomerJoined):
                if event.payload.main:
                    held = dict.fromkeys(held, False)
                held[event.payload.organisation] = event.payload.main
            elif isinstance(event.payload, e.CustomerLeft):
                held.pop(event.payload.organisation, None)
        return held

    def organisation_now(self, person: UUID) -> UUID | None:
        """The same of a person after all; merged organisations are one."""
        survivors = {self.person(organisation) for organisation in self._held(person, None)}
        own = self.organisation_at(person, None)
        return survivors.pop() if own is None and len(survivors) == 1 else own

    def dimension(self, fact: Fact, name: str) -> Collection[str | None]:
        """The groups of a fact; those of segments may be several."""
        if name in fact.of:
            return (fact.of[name],)
        if name == "organisation" and fact.organisation is not None:
            (organisation,) = fact.organisation
            return (self._named(organisation),)
        if fact.customer is None:
            return (None,)
        if name == "tier":
            return (self.tier(fact.customer, fact.at),)
        if name == "segment":
            return self.segments(fact.customer, fact.at) or (None,)
        return (self._named(self.organisation_now(self.person(fact.customer))),)

    def _named(self, organisation: UUID | None) -> str | None:
        return None if organisation is None else str(self.person(organisation))

    @cache  # noqa: B019 -- lives as long as a question
    def segments(self, customer: UUID, at: datetime) -> frozenset[str]:
        """The segments that a record or its survivor is in at an instant."""
        names = set()
        for stream, history in self.streams.items():
            first = history[0].payload
            if isinstance(first, SegmentEntered) and first.customer_id in {customer, self.person(customer)}:
                happened = self._by(stream, at)
                if happened and isinstance(happened[-1].payload, SegmentEntered):
                    names.add(fold_name(first.segment))
        return frozenset(names)

    def grouped(
        self, figure: Callable[[Span], Iterable[Fact]], spans: Sequence[Span], by: Sequence[str]
    ) -> Iterator[tuple[tuple[Any, ...], Fact]]:
        """The facts of each period and group."""
        for span in spans:
            for fact in figure(span):
                if span.start <= fact.at < span.end:
                    for group in product(*(self.dimension(fact, name) for name in by)):
                        yield (span.label, *group), fact

    def counted(
        self, figure: Callable[[Span], Iterable[Fact]], spans: Sequence[Span], by: Sequence[str]
    ) -> Counter[tuple[Any, ...]]:
        """How often each part and each reason stands in each period and group."""
        counts: Counter[tuple[Any, ...]] = Counter()
        for group, fact in self.grouped(figure, spans, by):
            parts = Counter(fact.parts) if fact.left_out is None else {f"left_out:{fact.left_out}": 1}
            counts.update({(*group, name): number for name, number in parts.items()})
        return counts
