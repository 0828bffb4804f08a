"""Texts that look the same are the same word."""

import weakref
from collections.abc import Callable
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text_folding import LONGEST_KEPT, MOST_MARKS, fold_code, fold_name, normalized

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


UNORDERED = "\u0301" * 13_000 + "\u0334" * 6_900
"""Marks that a normal form puts in order, which takes two seconds for so many."""


@pytest.mark.parametrize("fold", [fold_name, fold_code, lambda text: normalized("NFD", text)])
def test_marks_of_a_letter_are_few_in_a_long_text(fold: Callable[[str], str]) -> None:
    assert fold(f"x{UNORDERED} y{UNORDERED[:2]}z") == fold(f"x{UNORDERED[:MOST_MARKS]} y{UNORDERED[:2]}z")


def test_a_mark_too_many_goes_wherever_it_stands() -> None:
    for before in range(LONGEST_KEPT, LONGEST_KEPT + MOST_MARKS + 1):
        assert len(normalized("NFD", "x" * before + "\u0301" * (MOST_MARKS + 1))) == before + MOST_MARKS


@pytest.mark.parametrize("unseen", "\u00ad\u200b\u2060\ufeff")
def test_what_has_no_width_between_marks_gives_a_letter_no_more_of_them(unseen: str) -> None:
    few = "\u0301\u0334" * (MOST_MARKS // 2)
    assert fold_name("x" + f"{few}{unseen}" * 20) == fold_name(f"x{few}")


WORDS = ["Hạnh", normalize("NFD", "Hạnh"), "Å", "ﬁ\u0301\u0323", "각", "ｶﾞ", "\u0f73"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_a_long_text_has_the_form_of_its_words(some: list[str]) -> None:
    words = some * LONGEST_KEPT
    assert fold_code(" ".join(words)) == " ".join(map(fold_code, words))


class Written(str):
    """A text whose end is seen."""

    __slots__ = ("__weakref__",)


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_KEPT, True), (LONGEST_KEPT + 1, False)])
def test_the_forms_of_texts_are_not_kept(length: int, kept: bool) -> None:
    text = Written("Ạ" * length)
    known = weakref.ref(text)
    fold_code(text)
    del text
    assert (known() is not None) is kept
