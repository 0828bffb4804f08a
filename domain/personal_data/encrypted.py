"""The stored text of an event whose personal values are encrypted, and snapshots that are encrypted whole.

``{"sealed":"KEY.NAMES.CIPHERTEXT",...}``: KEY is the id of the data key in 32 hexadecimal digits, NAMES are the
encrypted fields joined by commas, those of the envelope with an at sign before, CIPHERTEXT is the base64 of nonce,
ciphertext and tag (AES-256-GCM). The plain text holds the members of the envelope, a separator, and those of the
payload, as JSON.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from domain.personal_data.data_keys import DataKey
from domain.personal_data.declaration import ERASED

PREFIX = '{"sealed":"'
_KEY = slice(len(PREFIX), len(PREFIX) + 32)
_SEPARATOR = b"\x1e"  # JSON escapes it in texts
_NONCE = 12
_SNAPSHOT = "snapshot"
_PERSON = '"on_behalf_of":'
"""It is the first member of the encrypted envelope where a program acts for a person, and a member of the actor."""
_ACTOR = '"actor":{'


class Altered(Exception):  # noqa: N818 -- names what was met
    """A ciphertext does not open at its place: it was damaged, or moved from another event."""


def key_id_of(state: str) -> UUID | None:
    """The id of the key that a stored text was encrypted with; None when nothing in it is encrypted."""
    return _id(state[_KEY]) if state.startswith(PREFIX) else None


@lru_cache(10_000)
def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:  # a damaged text: reading it says so
        return None


def key_ids_of(states: Iterable[str]) -> set[UUID]:
    """The ids of the keys that stored texts were encrypted with."""
    return {key for state in states if (key := key_id_of(state)) is not None}


def encrypt(
    key: DataKey,
    binding: str,
    names: Collection[str],
    envelope: tuple[bytes, bytes],
    payload: tuple[bytes, bytes],
) -> str:
    """The stored text. ``envelope`` and ``payload`` are JSON objects: what stays readable, and what is encrypted.

    ``binding`` names the tenant, the stream, the version and the topic; it is authenticated with the names and the key.
    """
    clear_envelope, secret_envelope = envelope
    clear_payload, secret_payload = payload
    secret = secret_envelope[1:-1] + _SEPARATOR + secret_payload[1:-1]
    head = f"{key.name}.{','.join(names)}"
    nonce = os.urandom(_NONCE)
    ciphertext = b64encode(nonce + key.cipher.encrypt(nonce, secret, f"{binding}\x1f{head}".encode()))
    clear = b'",%b,"payload":%b}' % (clear_envelope[1:-1], clear_payload)
    return f"{PREFIX}{head}.{ciphertext.decode()}{clear.decode()}"


def decrypt(key: DataKey, binding: str, state: str) -> str:
    """The text as it was before encryption, with the encrypted members at other places. Raises Altered."""
    end = state.index('"', len(PREFIX))
    head, _, ciphertext = state[len(PREFIX) : end].rpartition(".")
    try:
        raw = b64decode(ciphertext, validate=True)
        secret = key.cipher.decrypt(raw[:_NONCE], raw[_NONCE:], f"{binding}\x1f{head}".encode())
    except (InvalidTag, ValueError):
        raise Altered("its encrypted part was altered, or belongs to another event") from None
    envelope, _, payload = secret.decode().partition("\x1e")
    clear = state[end + 2 :]
    if envelope.startswith(_PERSON):
        end = json.JSONDecoder().raw_decode(envelope, len(_PERSON))[1]
        clear = clear.replace(_ACTOR, f"{_ACTOR}{envelope[:end]},", 1)
        envelope = envelope[end + 1 :]
    if envelope:
        clear = f"{envelope},{clear}"
    if not payload:
        return f"{{{clear}"
    separator = "" if clear.endswith("{}}") else ","
    return f"{{{clear[:-2]}{separator}{payload}}}}}"


def erase(state: str, values: Mapping[str, Any], word: str = ERASED) -> str:
    """The text with other values of its encrypted fields, and with ``word`` for texts of its envelope.

    An actor is encrypted only where a customer acts.
    """
    of_envelope = {"@reason": word, "@actor": {"id": word, "kind": "customer"}}
    stored: dict[str, Any] = json.loads(state)
    for name in stored.pop("sealed").split(".")[1].split(","):
        if name == "@on_behalf_of":
            stored["actor"]["on_behalf_of"] = word
        elif name in of_envelope:
            stored[name[1:]] = of_envelope[name]
        else:
            stored["payload"][name] = values.get(name, word)
    return json.dumps(stored, default=dict, separators=(",", ":"))


def encrypt_snapshot(key: DataKey, binding: str, state: str) -> str:
    """The encrypted text of a snapshot at a place (tenant, stream, version)."""
    nonce = os.urandom(_NONCE)
    encrypted = nonce + key.cipher.encrypt(nonce, state.encode(), f"{_SNAPSHOT}\x1f{binding}\x1f{key.name}".encode())
    return f'{PREFIX}{key.name}.{b64encode(encrypted).decode()}"}}'


def decrypt_snapshot(key: DataKey, binding: str, state: str) -> str:
    """The text of a snapshot. Raises Altered."""
    raw = b64decode(state[len(PREFIX) + 33 : -2])
    try:
        associated = f"{_SNAPSHOT}\x1f{binding}\x1f{key.name}".encode()
        return key.cipher.decrypt(raw[:_NONCE], raw[_NONCE:], associated).decode()
    except InvalidTag:
        raise Altered("the snapshot was altered") from None
