"""The events that list the public keys of a tenant's checkpoints."""

from psycopg import Connection

from api.sealing.key_file import SealingKey
from domain.checkpoint.checkpoint import origin_of
from domain.checkpoint.encoding import decoded
from domain.checkpoint.keys import PublicKey
from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log import reader
from domain.event_log.append import Batch, append
from domain.ids import new_id
from domain.sealing.events import SealingEvent, SealingKeyMade, SealingKeyRotated
from domain.sealing.leaf import SealedLog
from domain.sealing.state import SEALING, SealingKeys, evolve

SEALER = Actor(id="sealer", kind="system")


def listed_keys(connection: Connection, tenant: str) -> SealingKeys:
    """The keys that the tenant's log lists."""
    return _state(connection, tenant)[0]


def public_keys(connection: Connection, tenant: str, log: SealedLog) -> list[PublicKey]:
    """The listed keys of one log, the oldest first. They are information: an auditor trusts a key that was handed over
    another way.
    """
    return [
        PublicKey(origin_of(database, tenant, log), decoded(key))
        for key, database in listed_keys(connection, tenant).keys
    ]


def list_key(connection: Connection, tenant: str, key: SealingKey, by: Actor = SEALER) -> bool:
    """Records the key as the newest of the tenant, unless it is; says whether it was recorded.

    Any number of processes may call it at once.
    """
    while True:
        sealing, version = _state(connection, tenant)
        if sealing.keys and sealing.keys[-1] == (key.public_text, key.database):
            return False
        payload: SealingEvent = SealingKeyMade(public_key=key.public_text, database=key.database)
        if sealing.keys:
            payload = SealingKeyRotated(public_key=key.public_text, replaced=sealing.keys[-1][0], database=key.database)
        command_id = f"sealing-key/{new_id()}"
        envelope = Envelope(
            event_id=str(new_id()),
            schema_version=payload.schema_version,
            occurred_at=reader.now(connection),
            actor=by,
            command_id=command_id,
        )
        batch = Batch(judged={SEALING: version}, seen=[command_id], clear=True)
        event = NewEvent(SEALING, version + 1, envelope, payload)
        batch.add_decided(command_id, payload.topic, SEALING, version + 1, [event])
        if append(connection, tenant, batch).recorded:
            return True


def _state(connection: Connection, tenant: str) -> tuple[SealingKeys, int]:
    events = reader.streams(connection, tenant, [SEALING], reader.head(connection, tenant)).get(SEALING, [])
    sealing = SealingKeys()
    for event in events:
        sealing = evolve(sealing, event.payload, event.occurred_at)
    return sealing, len(events)
