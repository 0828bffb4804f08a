"""The words of codes in reports, on pages and on the command line."""

import pytest

from api.headings import value_words


@pytest.mark.parametrize("band", ["red", "amber", "green", "unknown"])
def test_a_band_of_health_has_words_in_vietnamese(band: str) -> None:
    assert value_words("band", band, "en") == band
    assert value_words("band", band, "vi") != band
