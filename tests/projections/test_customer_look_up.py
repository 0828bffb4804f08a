"""Addresses find the survivors of those who have them, as a plain search through all customers says."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.customer import events as e
from domain.customer.address_keys import KEY_VERSION, WrittenAddress, keys_of
from domain.customer.identification import Candidate, identify
from domain.customer.survivors import survivor_of
from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.customers.customers_at_address import CustomerAtAddress, customers_at
from projections.customers.table import CUSTOMERS
from tests.support.events import IMPORT, NOON, SYSTEM, Fact, at, history
from tests.support.filled import SCHEMA, filled

LAN, MINH, VY = CUSTOMERS_OF_TEST = [UUID(int=number) for number in (21, 22, 23)]
REGISTERED = e.CustomerRegistered(name="x")
PHONE = "0901 234 567"


def added(handle: str, trust: str | None, *, version: int = KEY_VERSION, scope: str | None = None) -> e.AddressAdded:
    """An address on the telephone, with the key of a version; version 1 as it was recorded before there were others."""
    key = keys_of(WrittenAddress("phone", handle))[version] if version > 1 else None
    return e.AddressAdded(
        channel="phone", handle=handle, key=key, key_version=version, trust=trust, scope=scope, shared=False
    )


def of(stream: UUID, *payloads: Event) -> list[RecordedEvent]:
    return history(*(at(minute, payload) for minute, payload in enumerate((REGISTERED, *payloads))), ticket=stream)


def found(
    database_url: str, handle: str, *histories: list[RecordedEvent], scope: str | None = None
) -> list[CustomerAtAddress]:
    with filled(database_url, [CUSTOMERS], *histories) as connection:
        return customers_at(connection, SCHEMA, "phone", handle, scope=scope)


@pytest.mark.parametrize(("trust", "finds"), [("claimed", False), ("seen", True), ("asserted", True),
                                              ("verified", True), ("withdrawn", False)])  # fmt: skip
def test_a_claimed_or_withdrawn_address_finds_nobody(database_url: str, trust: str, finds: bool) -> None:
    assert [each.customer for each in found(database_url, "+84901234567", of(LAN, added(PHONE, trust)))] == [
        LAN
    ] * finds


def test_an_address_from_before_trust_was_recorded_is_trusted_by_who_added_it(database_url: str) -> None:
    by_bot = history(Fact(NOON, REGISTERED, SYSTEM), Fact(NOON, added(PHONE, None, version=1), SYSTEM), ticket=LAN)
    by_import = history(Fact(NOON, REGISTERED, IMPORT), Fact(NOON, added(PHONE, None, version=1), IMPORT), ticket=MINH)
    assert [(each.customer, each.trust) for each in found(database_url, PHONE, by_bot, by_import)] == [(MINH, "seen")]


def test_an_old_key_finds_as_it_was_written_and_the_new_one_in_every_spelling(database_url: str) -> None:
    old, new = of(LAN, added(PHONE, "seen", version=1)), of(MINH, added(PHONE, "seen"))
    assert [each.customer for each in found(database_url, PHONE, old, new)] == [LAN, MINH]
    with filled(database_url, [CUSTOMERS], old, new) as connection:
        assert [each.customer for each in customers_at(connection, SCHEMA, "phone", "+84901234567")] == [MINH]


def test_a_note_beside_a_number_finds_a_key_of_the_version_before_notes_were_left_out(database_url: str) -> None:
    histories = of(LAN, added(PHONE, "seen", version=2)), of(MINH, added("0901 234 567 (nhà)", "seen", version=2))
    assert [each.customer for each in found(database_url, f"{PHONE} (Lan)", *histories)] == [LAN]


def test_an_address_finds_within_its_scope_alone(database_url: str) -> None:
    page = of(LAN, added(PHONE, "seen", scope="page-1"))
    assert [each.customer for each in found(database_url, PHONE, page, scope="page-1")] == [LAN]
    with filled(database_url, [CUSTOMERS], page) as connection:
        assert customers_at(connection, SCHEMA, "phone", PHONE) == []


def test_nobody_is_found_by_what_identifies_nobody(database_url: str) -> None:
    nobody = e.AddressAdded(channel="phone", handle="anonymous", key="", key_version=KEY_VERSION, trust="seen")
    assert found(database_url, "unknown", of(LAN, nobody)) == []


def test_a_chain_of_merges_finds_its_end_and_names_who_has_the_address(database_url: str) -> None:
    histories = (
        of(LAN, added(PHONE, "verified"), e.CustomerMerged(into=MINH)),
        of(MINH, e.CustomerMerged(into=VY)),
        of(VY),
    )
    (only,) = found(database_url, PHONE, *histories)
    assert (only.customer, only.trust, only.merged) == (VY, "verified", [LAN])


TRUSTS = st.sampled_from(["claimed", "seen", "verified", "withdrawn"])
WRITTEN = st.tuples(st.sampled_from([PHONE, "+84901234567", "0907 000 000"]), TRUSTS)
WRITTEN_BOOK = st.lists(WRITTEN, max_size=2, unique_by=lambda drawn: drawn[0])
BOOKS = st.fixed_dictionaries(
    dict.fromkeys(CUSTOMERS_OF_TEST, st.tuples(WRITTEN_BOOK, st.none() | st.sampled_from(CUSTOMERS_OF_TEST)))
)


@given(BOOKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_address_books_and_merges_find_what_a_plain_search_finds(
    database_url: str, book: dict[UUID, tuple[list[tuple[str, str]], UUID | None]]
) -> None:
    pointers: dict[UUID, UUID | None] = {}
    histories = []
    for customer, (addresses, into) in book.items():
        wanted = {**pointers, customer: into}
        pointers[customer] = into if into is not None and survivor_of(into, wanted) != customer else None
        merged = [e.CustomerMerged(into=pointer)] if (pointer := pointers[customer]) else []
        histories.append(of(customer, *(added(handle, trust) for handle, trust in addresses), *merged))
    expected = {
        survivor_of(customer, pointers)
        for customer, (addresses, _) in book.items()
        if any(trust in {"seen", "verified"} and handle != "0907 000 000" for handle, trust in addresses)
    }
    assert {each.customer for each in found(database_url, "84901234567", *histories)} == expected


def candidate(customer: UUID, trust: str = "seen", *, shared: bool = False, minute: int = 0) -> Candidate:
    return Candidate(customer, trust, shared, NOON + timedelta(minutes=minute))  # type: ignore[arg-type]  # one of them


def test_an_address_identifies_nobody_one_or_several_of_whom_the_last_user_is_proposed() -> None:
    assert identify([]).state == "nobody"
    assert identify([candidate(LAN)]).model_dump() == {"state": "one", "proposed": LAN, "may_show": False}
    assert identify([candidate(LAN, "asserted")]).may_show
    shared = identify([candidate(LAN, shared=True, minute=1), candidate(MINH, "verified", shared=True)])
    assert shared.model_dump() == {"state": "ambiguous", "proposed": LAN, "may_show": False}
    owned = identify([candidate(LAN, minute=9), candidate(MINH, "verified")])
    assert owned.model_dump() == {"state": "one", "proposed": MINH, "may_show": True}
