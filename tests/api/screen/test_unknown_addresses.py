"""Addresses that no page has: a page for browsers, JSON for programs."""

import pytest

from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}


def test_a_browser_at_an_unknown_address_gets_a_page_that_leads_to_the_first_one(desk: Served) -> None:
    answer = desk.as_key(None).get("/nothing-here", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is nothing at this address." in answer.text
    assert '<a href="/">To the first page</a>' in answer.text


@pytest.mark.parametrize(("path", "accept"), [("/v1/nothing", BROWSER["Accept"]), ("/nothing-here", "*/*")])
def test_a_program_gets_a_problem_as_json(desk: Served, path: str, accept: str) -> None:
    answer = desk.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_error_page_of_a_known_visitor_has_the_menu_and_the_way_out(desk: Served) -> None:
    for path in ("/nothing-here", "/tickets/nonsense", "/desk?nothing=1"):
        page = signed_in(desk).get(path, BROWSER).text
        assert 'action="/sign-out"' in page
        assert 'href="/tickets"' in page
        assert 'href="/rules"' in page


def test_an_error_page_of_the_past_says_so_and_leads_back_to_now(desk: Served) -> None:
    page = desk.receive().removeprefix("/v1")
    answer = signed_in(desk).get(f"{page}?as_of=2020-01-01", {"Accept-Language": "vi"})
    assert answer.status_code == 404
    assert "Vào lúc đó chưa có gì ở địa chỉ này." in answer.text
    assert "no ticket has that id" not in answer.text
    assert "Bạn đang xem quá khứ: tính đến" in answer.text
    assert f'<a href="{page}">Về hiện tại</a>' in answer.text
    assert 'href="/desk?as_of=2020-01-01"' in answer.text


def test_the_first_address_leads_to_the_desk_at_the_same_instant(desk: Served) -> None:
    browser = signed_in(desk)
    for query in ("", "?as_of=2020-01-01"):
        answer = browser.get(f"/{query}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/desk{query}")
