"""Facts told after the fact: a filled log learns that customers wrote, and some were answered, long ago."""

from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from psycopg import sql

from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log.append import Batch, append
from domain.event_log.schema import schema_of
from domain.ids import new_id
from domain.messages import Event
from domain.ticket import events as e

EVERY = 10
"""One ticket in so many is told something late, half of them a message alone, half of them a message and its answer."""
AT_ONCE = 1_000
_AFTER_THE_RECEIPT = timedelta(minutes=1)
_AGENT = Actor(id="an", kind="agent")


def tell_late(dsn: str, tenant: str) -> int:
    """Adds what happened before anything but the receipt of each chosen ticket; returns how many events."""
    chosen = sql.SQL(
        "select stream, max(version), min(recorded_at) from {}.events where topic like 'ticket.%%' group by stream"
        " having min(position) %% %s = 0"
    ).format(sql.Identifier(schema_of(tenant)))
    with psycopg.connect(dsn, autocommit=True) as connection:
        tickets = connection.execute(chosen, [EVERY]).fetchall()
        late = 0
        for start in range(0, len(tickets), AT_ONCE):
            some = tickets[start : start + AT_ONCE]
            batch = Batch({stream: version for stream, version, _ in some}, [str(stream) for stream, *_ in some])
            for number, (stream, version, received_at) in enumerate(some):
                late += _tell(batch, stream, version, received_at, answered=number % 2 == 0)
            assert append(connection, tenant, batch).recorded
    return late


def _tell(batch: Batch, stream: UUID, version: int, received_at: datetime, *, answered: bool) -> int:
    facts: list[Event] = [e.MessageReceived(body="Đơn hàng 4711.")]
    if answered:
        facts.append(e.ReplySent(body="Chúng tôi đang xem."))
    events = []
    for number, payload in enumerate(facts, start=1):
        envelope = Envelope(
            event_id=str(new_id()),
            schema_version=payload.schema_version,
            occurred_at=received_at + number * _AFTER_THE_RECEIPT,
            actor=_AGENT,
            command_id=str(stream),
        )
        events.append(NewEvent(stream, version + number, envelope, payload))
    batch.add_decided(str(stream), "told late", stream, version + len(facts), events)
    return len(facts)
