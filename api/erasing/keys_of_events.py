"""The data keys of a person's events, and the events whose personal values no key protects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.erasure.erased_reading import holds_personal_values
from domain.event_log.reader import decode_rows
from domain.personal_data.encrypted import key_id_of


@dataclass(slots=True)
class KeysOfEvents:
    """``keys`` are the ids of data keys, ``readable`` the positions that are stored in clear."""

    keys: list[UUID] = field(default_factory=list)
    readable: list[int] = field(default_factory=list)


def keys_of_events(tenant: str, rows: Sequence[tuple[Any, ...]], customers: Collection[UUID]) -> KeysOfEvents:
    """Those of rows of the log, of streams that belong to some customers or that they share with others."""
    keys_of_persons = KeysOfEvents()
    keys: dict[UUID, None] = {}
    for row, event in zip(rows, decode_rows(tenant, rows), strict=True):
        if not event.payload.stream_of_one_person and event.payload.customer_id not in customers:
            continue
        if (key := key_id_of(row[-1])) is not None:
            keys[key] = None
        elif holds_personal_values(event):
            keys_of_persons.readable.append(event.position)
    keys_of_persons.keys.extend(keys)
    return keys_of_persons
