"""Addresses that no page has: a page for browsers, JSON for programs."""

import pytest

from tests.support.serving import Served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}


def test_a_browser_at_an_unknown_address_gets_a_page_that_leads_to_the_desk(desk: Served) -> None:
    answer = desk.as_key(None).get("/nothing-here", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is nothing at this address." in answer.text
    assert 'href="/desk"' in answer.text


@pytest.mark.parametrize(("path", "accept"), [("/v1/nothing", BROWSER["Accept"]), ("/nothing-here", "*/*")])
def test_a_program_gets_a_problem_as_json(desk: Served, path: str, accept: str) -> None:
    answer = desk.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
