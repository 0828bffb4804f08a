"""Several addresses in one cell of an address book are parted where each is whole, and none is made up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.importing.records.handles import handles_in
from api.importing.records.mapping import AddressColumn
from domain.customer.address_keys import WrittenAddress, identifies_somebody


def handles(channel: str, cell: str, region: str = "VN", separator: str = ";") -> list[str]:
    return list(handles_in(WrittenAddress(channel, cell, region=region), separator))


@pytest.mark.parametrize(
    "between", ["; ", ";", ", ", "/", " / ", "\n", " | ", " & ", " - ", " hoặc ", " HOẶC ", " và ", " oder ", " ou "]
)
def test_two_telephone_numbers_are_two_addresses(between: str) -> None:
    assert handles("phone", f"0912345678{between}0987 654 321") == ["0912345678", "0987 654 321"]


@pytest.mark.parametrize(
    ("cell", "region", "parts"),
    [
        ("0912 345 678 (nhà), 0987654321 (cq)", "VN", ["0912 345 678 (nhà)", "0987654321 (cq)"]),
        ("0171/2345678, 030/12345678", "DE", ["0171/2345678", "030/12345678"]),
        ("0171/2345678 / 030/1234567", "DE", ["0171/2345678", "030/1234567"]),
        ("11 91234-5678 / 11 98765-4321", "BR", ["11 91234-5678", "11 98765-4321"]),
        ("(11) 91234-5678 e (11) 98765-4321", "BR", ["(11) 91234-5678", "(11) 98765-4321"]),
    ],
)
def test_numbers_are_parted_as_their_country_writes_them(cell: str, region: str, parts: list[str]) -> None:
    assert handles("phone", cell, region) == parts


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        ("0912345678/21", "VN"),
        ("0912345678 (nhà 2)", "VN"),
        ("0912345678, 113", "VN"),
        ("024 38261234;ext=12", "VN"),
        ("0171 2345678, 2345679", "DE"),
        ("030/1234567/89", "DE"),
        ("(11) 91234-5678/98765-4321", "BR"),
    ],
)
def test_the_end_of_a_number_is_no_number_of_somebody_else(cell: str, region: str) -> None:
    assert handles("phone", cell, region) == [cell]


def test_two_e_mail_addresses_are_two_addresses_and_a_name_with_a_semicolon_is_none() -> None:
    assert handles("email", "Lan <lan@example.vn>, minh@example.vn") == ["Lan <lan@example.vn>", "minh@example.vn"]
    assert handles("email", '"Nguyễn; Lan" <lan@example.vn>') == ['"Nguyễn; Lan" <lan@example.vn>']


@pytest.mark.parametrize("between", [", ", "; ", " hoặc "])
def test_a_name_in_quotes_is_not_parted(between: str) -> None:
    written = ['"Nguyễn, Lan; hoặc Mai" <lan@example.vn>', "minh@example.vn"]
    assert handles("email", between.join(written)) == written
    assert handles("email", between.join(reversed(written))) == written[::-1]


def test_other_channels_are_parted_by_the_separator_of_the_mapping_alone() -> None:
    assert handles("zalo", "an;binh,chi") == ["an", "binh,chi"]
    assert handles("zalo", "an|binh,chi", separator="|") == ["an", "binh,chi"]


def test_a_separator_of_no_characters_is_refused() -> None:
    with pytest.raises(ValidationError, match="separator"):
        AddressColumn(column="phone", channel="phone", separator="")


@given(st.lists(st.sampled_from(["0912345678", "030 1", "lan", "12", "+49 30 1234567", ";", "/", " hoặc ", "x"])))
def test_nothing_of_a_cell_is_lost_and_a_cell_is_parted_into_whole_numbers(parts: list[str]) -> None:
    cell = "".join(parts)
    parted = handles("phone", cell, separator="\t")
    assert re.findall(r"\d", "".join(parted)) == re.findall(r"\d", cell)
    if len(parted) > 1:
        assert all(identifies_somebody(WrittenAddress("phone", handle)) for handle in parted)
