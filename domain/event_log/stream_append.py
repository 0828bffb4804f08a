"""Appends to one stream by programs that have no service desk."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.command_context import Actor, Origin
from domain.envelope import NewEvent, new_envelope
from domain.event_log import reader
from domain.event_log.append import Batch, append
from domain.ids import new_id_text
from domain.messages import Event


def append_to_stream(
    connection: Connection,
    tenant: str,
    stream: UUID,
    version: int,
    payloads: Sequence[Event],
    by: Actor,
    command_id: str,
    *,
    origin: Origin | None = None,
    clear: bool = False,
) -> bool:
    """Appends events behind a version of their stream, as one command; says whether they were recorded.

    ``clear``: they hold no personal values. Raises KeysUnavailable.
    """
    encryptor = None if clear else reader.encryptor(connection, tenant)
    batch = Batch({stream: version}, [command_id], encryptor, clear)
    events = new_events(stream, version, payloads, by, command_id, reader.now(connection), origin)
    batch.add_decided(command_id, payloads[0].topic, stream, version + len(events), events)
    return append(connection, tenant, batch).recorded


def new_events(
    stream: UUID,
    version: int,
    payloads: Sequence[Event],
    by: Actor,
    command_id: str,
    at: datetime,
    origin: Origin | None = None,
) -> list[NewEvent]:
    """The events of payloads that happen at one instant, behind a version of their stream."""
    return [
        NewEvent(
            stream,
            number,
            new_envelope(
                new_id_text(), payload, occurred_at=at, actor=by, command_id=command_id, origin=origin, reason=None
            ),
            payload,
        )
        for number, payload in enumerate(payloads, start=version + 1)
    ]
