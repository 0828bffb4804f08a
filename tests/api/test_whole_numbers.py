"""A whole number is read from ASCII digits alone, and from so many at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.whole_numbers import POSITION_DIGITS, whole_number


@given(st.integers(0, 10**POSITION_DIGITS - 1))
def test_every_number_of_so_many_digits_is_read(number: int) -> None:
    assert whole_number(str(number), POSITION_DIGITS) == number


def test_as_many_digits_as_there_may_be_are_read_and_one_more_is_not() -> None:
    assert whole_number("999", 3) == 999
    assert whole_number("0999", 3) is None


@pytest.mark.parametrize("text", ["", " 1", "1 ", "+1", "-1", "1.0", "1_0", "٣", "²", "0x1"])
def test_what_is_not_digits_alone_is_no_number(text: str) -> None:
    assert whole_number(text, POSITION_DIGITS) is None
