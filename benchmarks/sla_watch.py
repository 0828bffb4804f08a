"""How late the SLA watch records a breach, beside all the clocks that run on."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.following import wait_for
from benchmarks.processes import workers
from benchmarks.rounds import percentile
from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log import reader
from domain.event_log.append import Batch, append
from domain.ids import new_id
from domain.messages import Event
from domain.sla.events import SlaBreached
from domain.ticket.events import TicketReceived
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TENANT = "default"
CLOCKS_A_TICKET = 2
FIRST_RESPONSE = timedelta(hours=6)
"""What the built-in policy promises to P2."""
AT_ONCE = 1_000
Life = Sequence[tuple[Event, datetime]]
"""The payloads of a stream, each with its instant."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Deadlines spread evenly over some seconds; every other clock is hours away from its own."""
    running, due, ahead, seconds = (5_000, 100, 1.5, 2.0) if quick else (100_000, 2_000, 5.0, 20.0)
    migrate(dsn, TENANT)
    now = datetime.now(UTC)
    far = running // CLOCKS_A_TICKET - due
    record(dsn, [_receipt(now - timedelta(hours=1) * number / far) for number in range(far)])
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    with workers(dsn, TENANT):
        wait_for(dsn, TENANT, far)
        first = datetime.now(UTC) + timedelta(seconds=ahead)
        deadlines = [first + timedelta(seconds=seconds) * number / due for number in range(due)]
        record(dsn, [_receipt(deadline - FIRST_RESPONSE) for deadline in deadlines])
        time.sleep(ahead + seconds)
        lateness = _lateness(dsn, far + due, due)
    note = f"{due:,} breaches in {seconds:g} s, {running:,} clocks running"
    reference = ("ms", "asked for", 100)
    return [
        Figure("a breach is recorded late, median", percentile(lateness, 0.5), *reference, 1, at_most=True, note=note),
        Figure("a breach is recorded late, p99", percentile(lateness, 0.99), *reference, note=note),
    ]


def record(dsn: str, lives: Sequence[Life]) -> None:
    """A stream for each life, as an agent would have written it then."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for start in range(0, len(lives), AT_ONCE):
            page = {new_id(): life for life in lives[start : start + AT_ONCE]}
            batch = Batch(dict.fromkeys(page, 0), [str(stream) for stream in page])
            for stream, life in page.items():
                events = [_event(stream, version, *happened) for version, happened in enumerate(life, start=1)]
                batch.add_decided(str(stream), "recorded", stream, len(events), events)
            assert append(connection, TENANT, batch).recorded


def receipt(customer: UUID) -> TicketReceived:
    """The receipt of a P2 ticket."""
    return TicketReceived(customer_id=customer, channel="zalo", subject="No code", category="login", priority="P2")


def _receipt(instant: datetime) -> Life:
    return [(receipt(new_id()), instant)]


def _event(stream: UUID, version: int, payload: Event, instant: datetime) -> NewEvent:
    envelope = Envelope(
        event_id=str(new_id()),
        schema_version=payload.schema_version,
        occurred_at=instant,
        actor=Actor(id="an", kind="agent"),
        command_id=str(stream),
    )
    return NewEvent(stream, version, envelope, payload)


def _lateness(dsn: str, after: int, count: int) -> list[float]:
    """Milliseconds from the instant of each breach to that of its recording, once all of them are recorded."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while reader.head(connection, TENANT) < after + count:
            time.sleep(0.1)
        events = reader.page(connection, TENANT, after, count)
    assert all(isinstance(event.payload, SlaBreached) for event in events)
    return [(event.recorded_at - event.occurred_at) / timedelta(milliseconds=1) for event in events]
