"""The words of codes in reports, on pages and on the command line."""

import pytest

from api.headings import value_words


@pytest.mark.parametrize("band", ["red", "amber", "green", "unknown"])
def test_a_band_of_health_has_words_in_vietnamese(band: str) -> None:
    assert value_words("band", band, "en") == band
    assert value_words("band", band, "vi") != band


@pytest.mark.parametrize(
    ("dimension", "code", "vietnamese"),
    [
        ("priority", "unknown", "chưa rõ"),
        ("category", "unknown", "chưa rõ"),
        ("tier", "gold", "vàng"),
        ("tier", "silver", "bạc"),
        ("category", "Hóa đơn", "Hóa đơn"),
        ("priority", "P1", "P1"),
    ],
)
def test_a_word_of_an_import_or_a_tier_is_said_and_what_people_have_written_stays(
    dimension: str, code: str, vietnamese: str
) -> None:
    assert value_words(dimension, code, "en") == code
    assert value_words(dimension, code, "vi") == vietnamese
