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


def test_paths_and_steps_have_the_words_of_their_states() -> None:
    path = "received > in_progress > waiting_customer > resolved"
    assert value_words("state_path", path, "en") == "received > in progress > waiting for the customer > resolved"
    assert value_words("step", "assigned > waiting_third_party", "vi") == "đã phân công > chờ bên thứ ba"
    assert value_words("state", "waiting_internal", "vi") == "chờ nội bộ"
    assert value_words("step", "call-back", "vi") == "call-back"
