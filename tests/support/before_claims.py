"""Events recorded past the rules of today, as an earlier release recorded them."""

from collections.abc import Sequence
from uuid import UUID

import psycopg

from domain.envelope import Envelope, NewEvent
from domain.event_log.append import Appended, Batch, append_statement
from domain.ids import new_id
from domain.messages import Event
from tests.support.events import AGENT, NOON

TENANT = "default"


def record(url: str, stream: UUID, payloads: Sequence[Event], after: int = 0) -> None:
    """As a release without claims recorded it."""
    command_id = str(new_id())
    batch = Batch({stream: after}, [command_id])
    events = []
    for version, payload in enumerate(payloads, start=after + 1):
        envelope = Envelope(
            event_id=str(new_id()), schema_version=1, occurred_at=NOON, actor=AGENT, command_id=command_id
        )
        events.append(NewEvent(stream, version, envelope, payload))
    batch.add_decided(command_id, "f", stream, after + len(payloads), events)
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(append_statement(TENANT), batch.parameters()).fetchone()
    assert Appended._make(row or ()).recorded
