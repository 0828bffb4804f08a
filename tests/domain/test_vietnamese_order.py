"""Names are sorted by the Vietnamese alphabet, letter by letter, then by tone."""

from typing import Literal
from unicodedata import normalize

import pytest

from domain.vietnamese_order import vietnamese_key

VOWELS = (
    "aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị",
    "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ",
)  # fmt: skip
"""Each vowel of the alphabet with its tones: none, huyền, hỏi, ngã, sắc, nặng."""
NAMES = (
    "9 Sao", "An", "Ân", "Bá Anh", "Bạ Anh", "Dung", "Dũng", "Đào", "Đức", "Hà", "Hoà", "Hòa", "Hoàng", "Lê An",
    "Lê Ánh", "Nguyên Vũ", "Nguyễn An", "Nguyễn Thị Lan", "Nguyễn Thị Lân", "Oanh", "Ông Ích Khiêm", "Ơn", "Trần",
    "Uyên", "Ưng", "Xuân", "Ý",
)  # fmt: skip


def in_order(names: list[str]) -> list[str]:
    return sorted(names, key=vietnamese_key)


def test_every_vowel_comes_with_its_tones_before_the_next_vowel() -> None:
    expected = list("".join(VOWELS))
    assert in_order(expected[::-1]) == expected


def test_the_letters_follow_the_alphabet() -> None:
    expected = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    assert "".join(in_order(sorted(expected))) == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_in_order_in_either_form_of_unicode(form: Literal["NFC", "NFD"]) -> None:
    expected = [normalize(form, name) for name in NAMES]
    placed = {"Hoà": "Hòa"}  # the same word with the mark on another letter
    assert [normalize("NFC", placed.get(normalize("NFC", name), name)) for name in in_order(expected[::-1])] == [
        placed.get(name, name) for name in NAMES
    ]


def test_an_earlier_word_decides_with_its_tone_before_a_later_word() -> None:
    assert in_order(["Nguyễn An", "Nguyên Vũ"]) == ["Nguyên Vũ", "Nguyễn An"]


def test_no_name_and_other_scripts_come_last() -> None:
    assert sorted([None, "王", "Zoe", "Émile", "Eva"], key=vietnamese_key) == ["Émile", "Eva", "Zoe", "王", None]


def test_case_and_spaces_do_not_move_a_name() -> None:
    assert in_order(["LÊ  ÁNH", "lê an", "Lê Bình"]) == ["lê an", "LÊ  ÁNH", "Lê Bình"]
