"""What people write beside an address in an address book is no part of it."""

from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact_rules.recipient_address import usable_address
from domain.customer.address_keys import KEY_VERSION, NOBODY, WrittenAddress, keys_of
from domain.customer.addresses import CustomerAddress

AT = datetime(2026, 3, 1, tzinfo=UTC)


def key(channel: str, handle: str, region: str = "VN") -> str:
    return keys_of(WrittenAddress(channel, handle, region=region))[KEY_VERSION]


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


WRITTEN = [
    "lan@example.vn", "Lan <lan@example.vn>", '"Nguyễn, Lan" <Lan@Example.VN>', "mailto:lan@example.vn",
    "mailto:lan@example.vn?subject=Hóa đơn", "lan@example.vn.", "lan@example.vn,", "'lan@example.vn'",
    "lan@example.vn (riêng)", "E-Mail: lan @ example.vn", "\u202alan@example.vn\u202c", "\u200flan@example.vn",
    full_width("lan@example.vn"), "lan@example.vn <lan@example.vn>",
]  # fmt: skip


@pytest.mark.parametrize("handle", WRITTEN)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_e_mail_address_is_found_in_what_an_address_book_writes(handle: str, form: str) -> None:
    assert key("email", normalize(form, handle)) == "lan@example.vn"  # type: ignore[arg-type]


@pytest.mark.parametrize("handle", ["n/a", "-", "không có", "lan", "lan@", "@example.vn", "lan@-", ""])
def test_a_text_without_an_e_mail_address_identifies_nobody(handle: str) -> None:
    assert key("email", handle) == NOBODY


def test_several_e_mail_addresses_in_one_text_identify_nobody() -> None:
    assert key("email", "lan@example.vn; minh@example.vn") == NOBODY


@given(st.from_regex(r"[a-z][a-z0-9.+_'-]{0,8}[a-z0-9]@[a-z][a-z0-9-]{0,8}[a-z]\.vn", fullmatch=True))
def test_the_key_of_an_e_mail_address_is_its_own_key_and_that_of_version_2(handle: str) -> None:
    keys = keys_of(WrittenAddress("email", handle))
    assert keys[2] == keys[3] == key("email", f"Lan <{handle}>")
    assert key("email", keys[3]) == keys[3]


def test_the_fraction_of_a_spreadsheet_is_no_digit_of_a_telephone_number() -> None:
    assert key("phone", "912345678.0") == key("phone", "84912345678.0") == "+84912345678"


def test_a_number_of_zeros_and_ones_is_no_fraction() -> None:
    assert key("phone", "0912.345.670") == "+84912345670"


@pytest.mark.parametrize("handle", ["(0xx11) 91234-5678", "0xx11 91234-5678", "0 xx (11) 91234-5678"])
def test_the_place_of_a_brazilian_carrier_is_no_note(handle: str) -> None:
    assert key("phone", handle, "BR") == "+5511912345678"


@pytest.mark.parametrize("handle", ["Lan <Lan@example.vn>", "mailto:Lan@example.vn", "Lan@example.vn"])
def test_a_mail_is_sent_to_the_address_without_the_words_beside_it_and_with_its_case(handle: str) -> None:
    address = CustomerAddress("email", handle, None, "lan@example.vn", KEY_VERSION, "seen", shared=False, added_at=AT)
    assert usable_address([address], "email", {}) == "Lan@example.vn"
