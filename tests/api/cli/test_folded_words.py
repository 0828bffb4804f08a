"""Words, titles and labels of tables in a narrow terminal are cut behind a sign or between words."""

from api.cli.table_columns import behind_hyphens, card_widths, side_by_side

WIDTH = 80


def test_a_long_address_or_name_goes_on_behind_its_signs() -> None:
    assert behind_hyphens("/v1/tickets/{ticket_id}/close", 26).split("\n") == ["/v1/tickets/{ticket_id}/", "close"]
    assert behind_hyphens("targets.resolution.duration", 20).split("\n") == ["targets.resolution.", "duration"]
    assert behind_hyphens("first_response_corrected_verdict", 16).split("\n") == [
        "first_response_",
        "corrected_",
        "verdict",
    ]


def test_a_short_word_goes_on_behind_a_hyphen_alone() -> None:
    assert behind_hyphens("periodic_update", 12) == "periodic_update"
    assert behind_hyphens("on-hold-since", 8).split("\n") == ["on-hold-", "since"]


def test_a_column_beside_a_long_text_is_no_row_of_short_words() -> None:
    rows = [
        {"name": "fcr", "title": "Phản hồi đầu tiên đúng hạn", "formula": "a word and another one " * 20},
        {"name": "csat", "title": "Mức hài lòng", "formula": "short"},
    ]
    (widths,) = side_by_side(rows, WIDTH)
    assert widths["title"] == 13


def test_a_label_beside_short_values_stays_in_one_line() -> None:
    label = "since the last opening, from 10 to 30 days"
    assert card_widths([[(label, "1,050"), ("tickets", "50")]], WIDTH) == (len(label), 5)


def test_a_label_beside_a_long_value_has_a_third_of_the_width() -> None:
    names, _ = card_widths([[("label " * 10, "value " * 30)]], WIDTH)
    assert names == WIDTH // 3
