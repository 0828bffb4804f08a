"""The menu marks where the visitor is: on a page of the menu, or on one under it."""

import re

import pytest

from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served


def marked(page: str) -> list[tuple[str, str]]:
    """The addresses of the menu that are marked, and how."""
    menu = page[page.index('<nav class="menu"') : page.index("</nav>")]
    return re.findall(r'href="([^"]*)" aria-current="([a-z]+)"', menu)


@pytest.mark.parametrize("path", ["/tickets", "/customers", "/figures", "/rules", "/keys"])
def test_a_page_of_the_menu_is_the_current_page(desk: Served, path: str) -> None:
    assert marked(signed_in(desk).get(path).text) == [(path, "page")]


def test_a_page_a_form_and_a_problem_under_it_mark_its_entry(desk: Served) -> None:
    ticket = desk.receive().removeprefix("/v1")
    browser = signed_in(desk)
    for path in (ticket, f"{ticket}/put-on-hold", "/tickets/new", "/tickets/nonsense"):
        assert marked(browser.get(path).text) == [("/tickets", "true")], path
    assert marked(browser.get("/figures/fcr").text) == [("/figures", "true")]
    assert marked(browser.get("/automation").text) == []
