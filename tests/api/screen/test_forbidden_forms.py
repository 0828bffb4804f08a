"""A form that the state of a ticket forbids."""

from html import unescape

import pytest

from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served


@pytest.mark.parametrize(
    ("language", "word", "sentence"),
    [
        ("en", "close", "Resolve the ticket before closing it."),
        ("vi", "close", "Hãy giải quyết phiếu trước khi đóng."),
        ("vi", "reopen", "Chỉ mở lại được phiếu đã giải quyết hoặc đã đóng."),
        ("en", "resume-work", "It can be in these: waiting."),
        ("vi", "resume-work", "Ghi nhận được khi trạng thái là: tạm dừng."),
    ],
)
def test_a_form_that_the_state_forbids_says_what_to_do_first(
    desk: Served, language: str, word: str, sentence: str
) -> None:
    page = f"{desk.receive().removeprefix('/v1')}/{word}"
    assert sentence in unescape(signed_in(desk).get(page, headers={"Accept-Language": language}).text)
