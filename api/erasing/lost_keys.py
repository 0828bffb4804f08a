"""Recording that data keys are lost: what they encrypted reads as lost from then on, and the log goes on.

The events hold no personal values, so they are appended without a key.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from psycopg import Connection

from api.command_line_origin import COMMAND_LINE
from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor
from domain.erasure.events import KeyLossConfirmed, KeyLossReported
from domain.erasure.key_loss import MissingKeys, confirm_loss, report_loss
from domain.erasure.state import KEY_LOSS, Erasure, evolve
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.event_log.stream_append import append_to_stream
from domain.ids import new_id
from domain.personal_data.encrypted import key_id_of
from domain.refusal import Refusal

_SQL = sql_file("api.erasing", "erasing.sql")
AT_ONCE = 10_000
"""Events whose keys are looked up by one statement."""
Decide = Callable[[Erasure], Sequence[KeyLossReported | KeyLossConfirmed]]


def missing_keys(connection: Connection, tenant: str, store: PostgresKeyStore) -> MissingKeys:
    """The keys that a key store lacks, by every event of the log. Raises KeysUnavailable."""
    keys: set[UUID] = set()
    every: set[UUID] = set()
    streams: set[UUID] = set()
    head = reader.head(connection, tenant)
    for after in range(0, head, AT_ONCE):
        page = {"after": after, "last": min(after + AT_ONCE, head)}
        rows = connection.execute(_SQL["encrypted beginnings"].of(tenant), page).fetchall()
        named = [(stream, key) for stream, state in rows if (key := key_id_of(state)) is not None]
        named_keys = {key for _, key in named}
        lacking = set(store.missing(named_keys))
        every |= named_keys
        keys |= lacking
        streams.update(stream for stream, key in named if key in lacking)
    return MissingKeys(frozenset(keys), frozenset(streams), head, store.id, len(every))


def record_report(connection: Connection, tenant: str, missing: MissingKeys, why: str, by: Actor) -> None:
    """Records that keys are lost. Raises Refusal."""
    with connection.transaction():
        _record(connection, tenant, lambda loss: report_loss(loss, missing, why, by), by)


def record_confirmation(
    connection: Connection, tenant: str, store: PostgresKeyStore, missing: MissingKeys, by: Actor
) -> None:
    """Records the confirmation, then notes the keys as lost in ``store``.

    The store serves the tenant from the transaction on that records the event. A process that is killed between the two
    repeats it. Raises Refusal, KeysUnavailable.
    """
    with connection.transaction():
        if _record(connection, tenant, lambda loss: confirm_loss(loss, missing, by), by):
            reader.use_another_key_store(connection, tenant, missing.key_store)
    store.note_lost(tenant, missing.keys)


def _record(connection: Connection, tenant: str, decide: Decide, by: Actor) -> bool:
    """Appends what is decided on the recorded state, and says whether something was. Raises Refusal."""
    history = reader.stream(connection, tenant, KEY_LOSS)
    loss = Erasure()
    for event in history:
        loss = evolve(loss, event.payload, event.occurred_at)
    decided = decide(loss)
    if not decided:
        return False
    command_id = f"key-loss/{new_id()}"
    if not append_to_stream(
        connection, tenant, KEY_LOSS, len(history), decided, by, command_id, origin=COMMAND_LINE, clear=True
    ):
        raise Refusal("loss_changed", "another person recorded a step of this loss just now; run it again", loss.state)
    return True
