"""Merging, taking apart and rekeying customers on the command line."""

from uuid import UUID

import pytest

from api.migrations import migrate
from domain.customer import events as e
from tests.support.before_claims import record
from tests.support.catching_up import catch_up
from tests.support.command_line import Run

LAN, MINH = (UUID(int=number) for number in (31, 32))
REGISTERED = e.CustomerRegistered(name="Lan")
WHY = ("--reason", "the same person")


@pytest.fixture
def customers(database_url: str) -> str:
    """Two customers with one telephone number in two spellings, as recorded before key version 2."""
    migrate(database_url)
    record(database_url, LAN, [REGISTERED, e.AddressAdded(channel="phone", handle="0901 234 567")])
    record(database_url, MINH, [REGISTERED, e.AddressAdded(channel="phone", handle="+84901234567")])
    migrate(database_url)
    return database_url


@pytest.mark.usefixtures("customers")
def test_a_merge_is_undone_with_a_list_of_what_was_recorded_meanwhile(run: Run, customers: str) -> None:
    merge = ("customer", "merge", str(LAN), str(MINH), *WHY)
    assert f"Đã gộp {LAN} vào {MINH}." in run(*merge).err
    assert "Không có khách hàng nào có mã 'ffffffffffff'" in run("customer", "merge", "f" * 12, str(MINH), *WHY).err
    assert "Không có gì thay đổi" in run(*merge).err
    refused = run("customer", "merge", str(MINH), str(LAN), *WHY)
    assert (refused.code, f"đã gộp vào {MINH}" in refused.err) == (2, True)
    record(customers, MINH, [e.TierChanged(tier="gold")], after=3)
    catch_up(customers)
    undone = run("customer", "undo-merge", str(LAN)[-12:], str(MINH)[-12:], "--reason", "two persons", "--json")
    assert [each["topic"] for each in undone.json] == ["customer.tier_changed"]
    read = run("history", "--access", "--action", "read", "--json").json
    assert [each["what"] for each in read].count("ticketledger customer undo-merge") == 1
    assert run("customer", "undo-merge", str(LAN), str(MINH), *WHY).code == 2


@pytest.mark.usefixtures("customers")
def test_old_addresses_get_the_newest_keys_once(run: Run) -> None:
    assert "1 địa chỉ nay có khóa phiên bản 3." in run("customer", "rekey", "--reason", "version 3").err
    assert "0 addresses" in run("customer", "rekey", "--reason", "version 3", "--language", "en").err
    refused = run("customer", "rekey", "--reason", "version 3", "--region", "Viet Nam")
    assert (refused.code, "hai chữ hoa" in refused.err) == (2, True)
