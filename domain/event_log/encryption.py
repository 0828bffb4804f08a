"""Encrypts the personal values of events on their way into the log, and opens them on their way out."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json as to_json_bytes

from domain.envelope import Envelope, NewEvent
from domain.event_log.codec import EventCodec, UnreadableEvent, reason_of
from domain.event_log.snapshots import Snapshot
from domain.messages import Event
from domain.personal_data import encrypted
from domain.personal_data.blinding import Blinding
from domain.personal_data.data_keys import DataKey, Gone, KeyStore, KeysUnavailable, keys_in_use
from domain.personal_data.declaration import lost_fields, personal_fields
from domain.personal_data.personal_context import ACTOR, EMPTY, ON_BEHALF_OF, REASON, personal_context

ENCRYPTED = "TL002"
"""The SQLSTATE of the append function for a batch that is not encrypted in a log that is."""
Row = tuple[Any, ...]
"""Position, stream, version, topic, recorded_at and state of a row of the log."""


class Encryption(NamedTuple):
    """That a tenant's personal data is encrypted.

    ``since`` is the last position before encryption began, ``key_store`` the id of the store with the keys.
    """

    since: int
    key_store: UUID

    @property
    def blind(self) -> bool:
        """Whether hashes of personal values are made with the tenant's key."""
        return self.since == 0


class Encryptor:
    """Encodes the events of one tenant with their personal values encrypted.

    ``blinding`` makes ids and hashes of personal values; None in a log that holds such hashes from before encryption.
    """

    def __init__(self, codec: EventCodec, tenant: str, store: KeyStore, *, blind: bool) -> None:
        """Raises KeysUnavailable."""
        self._codec = codec
        self._tenant = tenant
        self._store = store
        self.blinding = Blinding(store.blind_key(tenant)) if blind else None

    def encode(self, event: NewEvent) -> str:
        """The stored text of an event. Raises KeysUnavailable."""
        envelope, payload = event.envelope, event.payload
        event_type: type[Event] = type(payload)
        values = payload.__dict__
        names = [name for name in _personal_names(event_type) if values[name] not in EMPTY]
        of_envelope = personal_context(envelope)
        if not names and not of_envelope:
            return self._codec.encode(event)
        person = None if event_type.stream_of_one_person else payload.customer_id
        return encrypted.encrypt(
            self._store.key_for(self._tenant, event.stream, person),
            _binding_of(self._tenant, event.stream, event.version, event_type.topic),
            [*(f"@{part}" for part in sorted(of_envelope)), *names] if of_envelope else names,
            _parted_envelope(envelope, of_envelope),
            _parted(payload, names),
        )

    def snapshots(self, clear: Sequence[Snapshot], encrypted_events: Mapping[UUID, tuple[str, str]]) -> list[Snapshot]:
        """Snapshots with their states encrypted under a key of an event of their stream. Raises KeysUnavailable.

        ``encrypted_events`` holds the topic and the text of an encrypted event of each stream that has one; a stream
        without one holds nothing personal that is encrypted, and its snapshot stays clear. A stream that several
        persons share gets no snapshot, since one key cannot serve them all.
        """
        key_ids = {stream: encrypted.key_id_of(state) for stream, (_, state) in encrypted_events.items()}
        keys = keys_in_use({key_id for key_id in key_ids.values() if key_id is not None})
        made = []
        for snapshot in clear:
            if snapshot.stream not in encrypted_events:
                made.append(snapshot)
                continue
            key_id, (topic, _) = key_ids[snapshot.stream], encrypted_events[snapshot.stream]
            key = keys[key_id] if key_id else None
            if isinstance(key, DataKey) and self._codec.class_of(topic).stream_of_one_person:
                binding = _binding_of(self._tenant, snapshot.stream, snapshot.version)
                made.append(snapshot._replace(state=encrypted.encrypt_snapshot(key, binding, snapshot.state)))
        return made


def _binding_of(tenant: str, stream: UUID, version: int, topic: str = "") -> str:
    """What a ciphertext is bound to."""
    return f"{tenant}\x1f{stream.hex}\x1f{version}\x1f{topic}"


def opened(codec: EventCodec, tenant: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Rows of the log with their stored texts readable; those of keys that are gone hold erased values.

    Raises UnreadableEvent for an altered row, KeysUnavailable.
    """
    is_encrypted = [row[5].startswith(encrypted.PREFIX) for row in rows]
    if not any(is_encrypted):
        return rows
    keys = keys_in_use(encrypted.key_ids_of(row[5] for row in compress(rows, is_encrypted)))
    return [_open(codec, tenant, keys, row) if opens else row for row, opens in zip(rows, is_encrypted, strict=True)]


def opened_snapshots(tenant: str, rows: Sequence[Row]) -> list[str | None]:
    """The states of the snapshots in rows; None for one that cannot be decrypted; it can be made again."""
    key_ids = encrypted.key_ids_of(row[5] for row in rows)
    try:
        keys = keys_in_use(key_ids) if key_ids else {}
    except KeysUnavailable:
        keys = {}  # the events say so, unless they can be read
    return [_opened_snapshot(tenant, keys, row) for row in rows]


def _opened_snapshot(tenant: str, keys: Mapping[UUID, DataKey | Gone], row: Row) -> str | None:
    _, stream, version, _, _, state = row
    if not state.startswith(encrypted.PREFIX):
        return str(state)
    key_id = encrypted.key_id_of(str(state))
    key = keys.get(key_id) if key_id else None
    if not isinstance(key, DataKey):
        return None
    try:
        return encrypted.decrypt_snapshot(key, _binding_of(tenant, stream, version), state)
    except (encrypted.Altered, ValueError):
        return None


def _open(codec: EventCodec, tenant: str, keys: Mapping[UUID, DataKey | Gone], row: Row) -> Row:
    position, stream, version, topic, recorded_at, state = row
    try:
        key_id = encrypted.key_id_of(state)
        if key_id is None:
            raise encrypted.Altered("it names no key")  # noqa: TRY301 -- one place names the event
        key = keys[key_id]
        if isinstance(key, DataKey):
            clear = encrypted.decrypt(key, _binding_of(tenant, stream, version, topic), state)
        else:
            values = lost_fields if key is Gone.RECORDED_LOST else personal_fields
            clear = encrypted.erase(state, values(codec.class_of(topic)), key)
    except Exception as error:  # noqa: BLE001 -- whatever damage leads to, the event is named
        raise UnreadableEvent(
            f"event {position} ({topic}, version {version} of {stream}) cannot be read: {reason_of(error)}"
        ) from None  # the cause may hold what customers wrote
    return position, stream, version, topic, recorded_at, clear


@cache
def _personal_names(event_type: type[Event]) -> tuple[str, ...]:
    """The names of the personal fields of a class, in order."""
    return tuple(sorted(personal_fields(event_type)))


def _parted(payload: BaseModel, names: Sequence[str]) -> tuple[bytes, bytes]:
    """A payload as two JSON objects: without some fields, and with them alone."""
    to_json = payload.__pydantic_serializer__.to_json
    if not names:
        return to_json(payload), b"{}"
    secret = set(names)
    return to_json(payload, exclude=secret), to_json(payload, include=secret)


def _parted_envelope(envelope: Envelope, secret: set[str]) -> tuple[bytes, bytes]:
    """The same of an envelope. The person for whom a program acts is left out of the actor."""
    to_json = envelope.__pydantic_serializer__.to_json
    if not secret:
        return to_json(envelope, exclude_none=True), b"{}"
    if ON_BEHALF_OF not in secret:
        return to_json(envelope, exclude_none=True, exclude=secret), to_json(
            envelope, exclude_none=True, include=secret
        )
    without: dict[str, Any] = {REASON: True, ACTOR: {ON_BEHALF_OF}}
    person = {ON_BEHALF_OF: envelope.actor.on_behalf_of} | ({REASON: envelope.reason} if REASON in secret else {})
    return to_json(envelope, exclude_none=True, exclude=without), to_json_bytes(person)
