"""Texts that look the same are the same word."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text_folding import fold_code, fold_name

ANY_TEXT = st.text(max_size=30) | st.text("aÅ\u00ad\u200b\u0301\u0323 \u00a0-\u2011ßﬁİ①", max_size=12)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (normalize("NFC", "Hạnh"), normalize("NFD", "Hạnh")),
        (" Team  A\u00a0B ", "Team A B"),
        ("L1\u2011support", "L1-support"),
        ("tier\u200b1", "tier1"),
        ("\ufeffticket", "ticket"),
        ("\uff2c\uff11", "L1"),
        ("a\tb\r\nc", "a b c"),
    ],
)
def test_names_that_look_the_same_are_the_same(name: str, other: str) -> None:
    assert fold_name(name) == fold_name(other)


@pytest.mark.parametrize(("name", "other"), [("Hạnh", "Hanh"), ("hạnh", "Hạnh"), ("Team 1", "Team1"), ("a_b", "a-b")])
def test_names_that_differ_to_the_eye_stay_apart(name: str, other: str) -> None:
    assert fold_name(name) != fold_name(other)


@pytest.mark.parametrize(
    ("code", "other"), [("Anh.Test@Example.com", "anh.test@example.COM"), ("STRASSE", "Straße"), ("ĐÓNG", "đóng")]
)
def test_codes_are_compared_without_case(code: str, other: str) -> None:
    assert fold_code(code) == fold_code(other)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
    assert fold_code(fold_code(text)) == fold_code(text)


@given(ANY_TEXT)
def test_what_is_one_name_is_one_code(text: str) -> None:
    assert fold_code(fold_name(text)) == fold_code(text)
