"""Only the program's own cookies are read, and none of them is quoted."""

import pytest

from api.http.cookie_header import own_cookies
from tests.support.serving import Served

LANGUAGE = b"ticketledger_language=en"
SESSION = b"ticketledger_session=t_0a"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"", b""),
        (LANGUAGE, LANGUAGE),
        (b"a=1; " + LANGUAGE + b" ;__Host-" + SESSION + b"; b", LANGUAGE + b"; __Host-" + SESSION),
        (b'ticketledger_session="' + rb"\b" * 4000 + b'"; ' + LANGUAGE, LANGUAGE),
        (b"other_ticketledger_session=1; xticketledger_a=1; ticketledger_=1; ticketledger_a=\xc3\xa9", b""),
    ],
)
def test_other_cookies_and_quoted_values_are_left_out(sent: bytes, kept: bytes) -> None:
    assert own_cookies(sent) == kept


def test_a_language_between_other_cookies_is_spoken(desk: Served) -> None:
    pages = [
        desk.as_key(None).get("/sign-in", headers={"Cookie": f'a="{chr(92)}b"; ticketledger_language={language}'}).text
        for language in ("en", "vi")
    ]
    assert ['<html lang="en"' in page for page in pages] == [True, False]
