"""The panels of satisfaction and promises on the desk."""

import pytest

from domain.readable import Language
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served

SENTENCES = (
    ("en", "satisfaction", "Satisfaction this month: nothing was recorded."),
    ("en", "within", "Resolutions in time this month: nothing was recorded."),
    ("vi", "satisfaction", "Mức hài lòng tháng này: chưa ghi nhận gì."),
    ("vi", "within", "Giải quyết đúng hạn tháng này: chưa ghi nhận gì."),
)


@pytest.mark.parametrize(("language", "panel", "sentence"), SENTENCES, ids=[" ".join(row[:2]) for row in SENTENCES])
def test_a_month_without_data_says_that_it_is_of_this_month(
    desk: Served, language: Language, panel: str, sentence: str
) -> None:
    answer = signed_in(desk).get(f"/desk?panel={panel}", headers={"Accept-Language": language})
    assert sentence in panel_texts(answer.text)[panel]
