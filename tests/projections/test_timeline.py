"""A timeline holds everything about one customer, in world order, as known and as it was at any instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from random import Random
from uuid import UUID

import psycopg
import pytest

from domain.contract.events import ContractSigned, ContractTerminated
from domain.customer import events as c
from domain.customer.facts.events import CheckInRecorded, CustomerNoteAdded
from domain.envelope import RecordedEvent
from domain.event_types import register_event_types
from domain.messages import Event
from domain.ticket import events as e
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import family_of
from projections.scope import recorded_values
from projections.timeline import queries
from projections.timeline.kinds import KIND_OF, Kind
from projections.timeline.queries import Order, TimelineKey, timeline
from tests.support.events import START, envelope, instant
from tests.support.filled import SCHEMA, add, filled

CUSTOMERS = [UUID(int=1000 + number) for number in range(4)]
TICKETS = [UUID(int=1 + number) for number in range(4)]
CONTRACTS = [UUID(int=500 + number) for number in range(2)]


@dataclass
class World:
    """A log of customers, tickets and contracts, drawn step by step; merges are never late."""

    random: Random
    events: list[RecordedEvent] = field(default_factory=list)
    merged: dict[UUID, UUID] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def record(self, stream: UUID, payload: Event, *, late: bool = True, with_the_last: bool = False) -> None:
        """Appends an event; a late one happened up to forty minutes before. One append has one instant."""
        position = len(self.events) + 1
        self.versions[stream] = self.versions.get(stream, 0) + 1
        recorded = position - with_the_last
        occurred = instant(recorded - (self.random.choice([0, 0, 7, 7, 40]) if late else 0))
        around = envelope(payload, event_id=str(position), command_id=str(position), occurred_at=occurred)
        version, topic = self.versions[stream], type(payload).topic
        self.events.append(RecordedEvent(position, stream, version, topic, instant(recorded), around, payload))

    def step(self) -> None:
        """One more thing happens."""
        random = self.random
        customer = random.choice(CUSTOMERS)
        match random.randrange(7):
            case 0:
                self._merge_or_part(customer)
            case 1:
                self._correct(random.choice(TICKETS), customer)
            case 2:
                self.record(customer, CustomerNoteAdded(about="sales", body="x"))
            case 3:
                self.record(customer, CheckInRecorded(channel="phone", summary="fine"))
            case 4:
                self._sign_or_end(random.choice(CONTRACTS), customer)
            case _:
                self._work_on(random.choice(TICKETS), customer)

    def _merge_or_part(self, customer: UUID) -> None:
        into = self.merged.get(customer)
        if into is not None:
            self.record(customer, c.CustomerMergeUndone(into=into), late=False)
            self.record(into, c.CustomerAbsorptionUndone(customer_id=customer), late=False, with_the_last=True)
            del self.merged[customer]
            return
        into = self.random.choice(CUSTOMERS)
        if into != customer and into not in self.merged:
            self.record(customer, c.CustomerMerged(into=into), late=False)
            self.record(into, c.CustomerAbsorbed(customer_id=customer), late=False, with_the_last=True)
            self.merged[customer] = into

    def _correct(self, ticket: UUID, customer: UUID) -> None:
        if ticket in self.versions:
            self.record(ticket, e.CustomerCorrected(customer_id=customer))

    def _work_on(self, ticket: UUID, customer: UUID) -> None:
        if ticket not in self.versions:
            self.record(ticket, receipt_of(customer))
        else:
            self.record(ticket, self.random.choice([e.MessageReceived(body="m"), e.NoteAdded(body="n")]))

    def _sign_or_end(self, contract: UUID, customer: UUID) -> None:
        if contract in self.versions:
            self.record(contract, ContractTerminated(term=1, on=START.date()))
        else:
            signed = ContractSigned(
                number="1", customer_id=customer, starts_on=START.date(), ends_on=START.date(), value=1, currency="VND"
            )
            self.record(contract, signed)


def receipt_of(customer: UUID) -> e.TicketReceived:
    return e.TicketReceived(customer_id=customer, channel="zalo", subject="s", category="login", priority="P3")


def kept(events: Sequence[RecordedEvent], known_at: datetime | None, as_of: datetime | None) -> list[RecordedEvent]:
    return [
        event
        for event in events
        if (known_at is None or event.recorded_at <= known_at) and (as_of is None or event.occurred_at <= as_of)
    ]


def members_by_hand(events: Sequence[RecordedEvent], customer: UUID) -> set[UUID]:
    """The survivor and everybody who leads to it, from the last word on each stream."""
    into: dict[UUID, UUID] = {}
    for event in events:
        if isinstance(event.payload, c.CustomerMerged):
            into[event.stream] = event.payload.into
        elif isinstance(event.payload, c.CustomerMergeUndone):
            into.pop(event.stream, None)

    def end(of: UUID) -> UUID:
        while of in into:
            of = into[of]
        return of

    return {other for other in {*CUSTOMERS, customer} if end(other) == end(customer)}


def timeline_by_hand(
    log: Sequence[RecordedEvent], known_at: datetime | None, as_of: datetime | None, customer: UUID
) -> list[int]:
    """Positions: a ticket is that of its latest correction, else of its receipt."""
    events = kept(log, known_at, as_of)
    members = members_by_hand(events, customer)
    owner: dict[UUID, UUID] = {}
    for event in log:
        if isinstance(event.payload, e.TicketReceived | ContractSigned):
            owner[event.stream] = event.payload.customer_id
    for event in events:
        if isinstance(event.payload, e.CustomerCorrected):
            owner[event.stream] = event.payload.customer_id
    mine = [event for event in events if owner.get(event.stream, event.stream) in members]
    return [event.position for event in sorted(mine, key=lambda event: (event.occurred_at, event.position))]


def paged(
    connection: psycopg.Connection,
    customer: UUID,
    *,
    order: Order = "oldest",
    limit: int = 100,
    kinds: Sequence[Kind] = (),
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[int]:
    """The positions of every page, one after the other."""
    family = family_of(connection, SCHEMA, customer, known_at=known_at, as_of=as_of)
    positions: list[int] = []
    after: TimelineKey | None = None
    while True:
        page = timeline(
            connection,
            SCHEMA,
            family.members,
            kinds=kinds,
            order=order,
            after=after,
            limit=limit,
            known_at=known_at,
            as_of=as_of,
        )
        assert len(page.entries) <= limit
        positions += [entry.position for entry in page.entries]
        if page.following is None:
            return positions
        after = page.following


def streams_of(events: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    by_stream: dict[UUID, list[RecordedEvent]] = {}
    for event in events:
        by_stream.setdefault(event.stream, []).append(event)
    return list(by_stream.values())


@pytest.mark.parametrize("seed", range(8))
def test_a_timeline_equals_the_events_sorted_by_hand_on_both_axes(
    timeline_tables: psycopg.Connection, seed: int
) -> None:
    world = World(Random(seed))  # noqa: S311 -- a drawn history
    known, happened, limit = world.random.randrange(40), world.random.randrange(40), world.random.randrange(1, 6)
    for customer in CUSTOMERS:
        world.record(customer, c.CustomerRegistered(name="n"), late=False)
    for _ in range(30):
        world.step()
    add(timeline_tables, [AUDIT_HISTORY], *streams_of(world.events))
    for known_at, as_of, customer in product((None, instant(known)), (None, instant(happened)), CUSTOMERS):
        expected = timeline_by_hand(world.events, known_at, as_of, customer)
        assert paged(timeline_tables, customer, limit=limit, known_at=known_at, as_of=as_of) == expected
    newest = paged(timeline_tables, CUSTOMERS[0], order="newest", limit=limit)
    assert newest == timeline_by_hand(world.events, None, None, CUSTOMERS[0])[::-1]


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_a_page_ends_where_its_texts_are_long(
    timeline_tables: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    monkeypatch.setattr(recorded_values, "MOST_CHARACTERS", 150)
    monkeypatch.setattr(queries, "_AT_ONCE", 2)
    world = World(Random(1))  # noqa: S311 -- likewise
    world.record(CUSTOMERS[0], c.CustomerRegistered(name="n"), late=False)
    for body in ("a", "b" * 150, "c", "d"):
        world.record(CUSTOMERS[0], CustomerNoteAdded(about="sales", body=body), late=False)
    add(timeline_tables, [AUDIT_HISTORY], *streams_of(world.events))
    page = timeline(timeline_tables, SCHEMA, CUSTOMERS[:1], order=order)
    assert [entry.position for entry in page.entries] == ([1, 2, 3] if order == "oldest" else [5, 4, 3])
    assert paged(timeline_tables, CUSTOMERS[0], order=order) == [1, 2, 3, 4, 5][:: 1 if order == "oldest" else -1]


@pytest.fixture
def timeline_tables(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, [AUDIT_HISTORY]) as connection:
        yield connection


def test_kinds_leave_the_others_out(timeline_tables: psycopg.Connection) -> None:
    world = World(Random(1))  # noqa: S311 -- likewise
    world.record(CUSTOMERS[0], c.CustomerRegistered(name="n"))
    world.record(TICKETS[0], receipt_of(CUSTOMERS[0]))
    world.record(TICKETS[0], e.MessageReceived(body="m"))
    world.record(CUSTOMERS[0], CustomerNoteAdded(about="sales", body="x"))
    with timeline_tables.transaction(force_rollback=True):
        add(timeline_tables, [AUDIT_HISTORY], *streams_of(world.events))
        items = {
            kind: paged(timeline_tables, CUSTOMERS[0], kinds=[kind])
            for kind in ("identity", "ticket", "message", "note")
        }
    assert items == {"identity": [1], "ticket": [2], "message": [3], "note": [4]}


def test_every_topic_of_a_customers_streams_belongs_to_a_kind() -> None:
    others = {"policy", "calendar", "definition", "report", "switch", "agent", "key", "sealing"}
    others |= {"address", "activity", "procedure_claim"}
    topics = {topic for topic in register_event_types() if topic.partition(".")[0] not in others}
    assert topics <= KIND_OF.keys()
