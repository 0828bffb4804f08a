"""A draft of a mapping knows the words of states, priorities and channels, in any spelling."""

import tomllib
from typing import Any

import pytest

from api.importing.draft_lines import MARK
from api.importing.guess import draft


def written(header: list[str], *rows: list[str]) -> tuple[dict[str, Any], str]:
    text = draft(header, rows, "desk", "UTC")
    return tomllib.loads(text), text


@pytest.mark.parametrize(
    ("column", "word", "key"),
    [
        ("priority", "Gấp", "P1"),
        ("priority", "gap", "P1"),
        ("priority", "Hoả tốc", "P1"),
        ("priority", "Sev-1", "P1"),
        ("priority", "Quan trọng", "P2"),
        ("priority", "Thông thường", "P3"),
        ("priority", "Không gấp", "P4"),
        ("priority", "Trivial", "P4"),
        ("status", "Đang chờ khách", "waiting:customer"),
        ("status", "Đang chờ khách hàng", "waiting:customer"),
        ("status", "Chờ nhà cung cấp", "waiting:third_party"),
        ("status", "Chờ phê duyệt", "waiting:internal"),
        ("status", "Đã huỷ", "cancelled"),
        ("status", "IN_PROGRESS", "in_progress"),
        ("status", "Hoàn tất", "resolved"),
        ("status", "awaiting-customer", "waiting:customer"),
        ("channel", "Điện thoại", "hotline"),
        ("channel", "Tổng đài", "hotline"),
        ("channel", "Zalo", "zalo"),
        ("channel", "Email", "email"),
        ("channel", "Facebook", "facebook"),
        ("channel", "Live chat", "livechat"),
        ("channel", "Cổng thông tin", "form"),
        ("channel", "Ứng dụng", "app"),
        ("channel", "Khác", "other"),
    ],
)
def test_vietnamese_and_english_words_are_known_in_any_spelling(column: str, word: str, key: str) -> None:
    toml, text = written(["id", "created", "status", column][: 3 if column == "status" else 4], one_row(column, word))
    section = "state" if column == "status" else column
    assert toml[section]["values"] == {word: key}
    assert f"{MARK} " not in line_with(text, word)


def one_row(column: str, word: str) -> list[str]:
    return ["1", "2026-03-02", word] if column == "status" else ["1", "2026-03-02", "", word]


def line_with(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if line.strip(f"{MARK} ").startswith(f'"{word}"'))


@pytest.mark.parametrize(
    ("column", "word", "line"),
    [
        ("status", "Chờ khách trả lời", '"Chờ khách trả lời" = "waiting:customer"  # ? read as \'chờ khách\''),
        ("priority", "Rất gấp (VIP)", '"Rất gấp (VIP)" = "P1"  # ? read as \'gấp\''),
        ("priority", "2", '"2" = "P2"  # ? a number: the scale may run the other way'),
        ("channel", "Gọi từ hotline", '"Gọi từ hotline" = "hotline"  # ? read as \'hotline\''),
    ],
)
def test_a_word_that_holds_a_known_one_is_proposed_and_marked(column: str, word: str, line: str) -> None:
    _, text = written(["id", "created", "status", column][: 3 if column == "status" else 4], one_row(column, word))
    assert line in text.splitlines()


def test_a_negated_word_means_nothing_known() -> None:
    toml, text = written(["id", "created", "status"], ["1", "2026-03-02", "Chưa hoàn thành"])
    assert toml["state"]["values"] == {"Chưa hoàn thành": "unchanged"}
    assert MARK in line_with(text, "Chưa hoàn thành")


@pytest.mark.parametrize(("column", "otherwise"), [("priority", "P3"), ("channel", "other")])
def test_an_unknown_word_of_a_priority_or_a_channel_stays_as_written_and_is_marked(column: str, otherwise: str) -> None:
    toml, text = written(["id", "created", "status", column], one_row(column, "Zyx"))
    assert toml[column] == {"column": column, "values": {}}
    assert f'{MARK} "Zyx" = "{otherwise}"' in text.splitlines()


def test_names_of_columns_without_accents_are_known() -> None:
    toml, _ = written(
        ["Ma phieu", "Ngay tao", "Trang thai", "Muc do uu tien", "Kenh"],
        ["1", "13/03/2026", "Moi", "Cao", "Dien thoai"],
    )
    assert toml["ticket"] == "Ma phieu"
    assert toml["time"]["created"]["column"] == "Ngay tao"
    assert toml["state"]["values"] == {"Moi": "received"}
    assert toml["priority"]["values"] == {"Cao": "P2"}
    assert toml["channel"]["values"] == {"Dien thoai": "hotline"}
