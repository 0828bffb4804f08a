"""The data of a leaf, spelt out field by field."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.sealing.events import SealingEvent, SealingKeyMade, SealingKeyRotated
from domain.sealing.leaf import access_leaf, event_leaf
from domain.sealing.state import SealingKeys, evolve

INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone


def microseconds(at: datetime) -> bytes:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    total = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return total.to_bytes(8, "big", signed=True)


def hashed(*fields: bytes) -> bytes:
    return sha256(b"\0" + b"".join(len(field).to_bytes(4, "big") + field for field in fields)).digest()


@given(st.uuids(), st.integers(1, 2**31 - 1), st.text(), INSTANTS, st.text())
def test_an_event_is_hashed_field_by_field(stream: UUID, version: int, topic: str, at: datetime, state: str) -> None:
    fields = (stream.bytes, version.to_bytes(8, "big"), topic.encode(), microseconds(at), state.encode())
    assert event_leaf(stream, version, topic, at, state) == hashed(b"ticketledger event v1", *fields)


@given(INSTANTS, st.text())
def test_an_entry_is_hashed_field_by_field(at: datetime, entry: str) -> None:
    assert access_leaf(at, entry) == hashed(b"ticketledger access v1", microseconds(at), entry.encode())


def test_an_instant_has_one_leaf_in_every_zone() -> None:
    at = datetime(2026, 11, 29, 1, 2, 3, 456789, tzinfo=UTC)
    assert access_leaf(at, "{}") == access_leaf(at.astimezone(timezone(timedelta(hours=7))), "{}")


def test_a_leaf_is_known_for_ever() -> None:
    leaf = event_leaf(UUID(int=5), 2, "ticket.received", datetime(2026, 11, 29, tzinfo=UTC), '{"a":"ă"}')
    assert leaf.hex() == "596f130fd4eefa73113d639cca0002b74fd8ae5632e224d3ad018227349f3a95"


def test_keys_are_listed_in_the_order_in_which_they_came() -> None:
    at, first, second = datetime(2026, 11, 29, tzinfo=UTC), UUID(int=1), UUID(int=2)
    events: list[SealingEvent] = [
        SealingKeyMade(public_key="a", database=first),
        SealingKeyRotated(public_key="b", replaced="a", database=first),
        SealingKeyRotated(public_key="a", replaced="b", database=second),
        SealingKeyRotated(public_key="a", replaced="a", database=first),
    ]
    state = SealingKeys()
    for event in events:
        state = evolve(state, event, at)
    assert state == SealingKeys("kept", (("b", first), ("a", second), ("a", first)))
