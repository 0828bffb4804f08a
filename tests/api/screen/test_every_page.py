"""Each page of the table in a real browser: accessible, narrow, by keyboard, on paper, without script, in the past."""

import re
from typing import NamedTuple

import pytest

from tests.support.examples import THOROUGH
from tests.support.page_tests.addresses import EVERY_ADDRESS, EVERY_PAGE, OF_SOMETHING, WITHOUT_EXAMPLE
from tests.support.page_tests.browser import NARROW, NARROWEST, WIDE, Language, Pages, Theme
from tests.support.page_tests.keyboard import missed_by_tab, not_skipped
from tests.support.page_tests.looks import (
    repeated_ids,
    violations,
    wider_than_a_narrow_window,
    words,
    words_without_script,
    wrong_on_paper,
)
from tests.support.page_tests.shown_desk import ShownDesk

THEMES: tuple[Theme, ...] = ("light", "dark", "forced")
LANGUAGES: dict[Language, int] = {"en": WIDE, "vi": NARROW}
"""The languages, with the width of the window in which a page is visited."""
LOOKS = {
    "two elements have the same id": repeated_ids,
    "not accessible": violations,
    "wider than a narrow window": wider_than_a_narrow_window,
    "wrong on paper": wrong_on_paper,
}
BY_KEYBOARD = {"missed by the Tab key": missed_by_tab, "not skipped": not_skipped}
"""Looks at the pages in English alone: they press a key for each link, in whatever language it is."""
VALUE = re.compile(r'value="[^"]*"')
"""What a form sends back as it is written."""


class Visit(NamedTuple):
    """A page in a language and a theme."""

    address: str
    language: Language
    theme: Theme


VISITS = [
    Visit(address, language, theme)
    for index, address in enumerate(EVERY_PAGE)
    for turn, language in enumerate(LANGUAGES)
    for theme in (THEMES if THOROUGH else [THEMES[(index + turn) % 2]])
]
"""Each page in each language: light in one, dark in the other; with THOROUGH=1 in all themes."""
every_address = pytest.mark.parametrize("address", EVERY_ADDRESS)


def test_each_page_whose_address_has_a_parameter_has_an_example() -> None:
    assert WITHOUT_EXAMPLE == []


@pytest.mark.parametrize("visit", VISITS, ids="-".join)
def test_a_page_is_accessible_by_keyboard_narrow_on_paper_and_without_script(pages: Pages, visit: Visit) -> None:
    page = pages.visit(visit.address, language=visit.language, theme=visit.theme, width=LANGUAGES[visit.language])
    assert page.locator("html").get_attribute("lang") == visit.language
    looks = (BY_KEYBOARD if visit.language == "en" else {}) | LOOKS
    assert {name: wrong for name, look in looks.items() if (wrong := look(page))} == {}
    assert words(page) == words_without_script(page, pages.sent())


@pytest.mark.parametrize("address", [address for address in EVERY_ADDRESS if address not in EVERY_PAGE])
def test_a_page_of_something_else_fits_a_narrow_window_as_well(pages: Pages, address: str) -> None:
    assert wider_than_a_narrow_window(pages.visit(address, width=NARROWEST)) == []


@pytest.mark.parametrize("address", EVERY_PAGE)
@pytest.mark.parametrize(("language", "says"), [("en", "past"), ("vi", "quá khứ")])
def test_a_page_of_the_past_says_so_and_has_no_script(
    shown_desk: ShownDesk, address: str, language: Language, says: str
) -> None:
    answer = shown_desk.get(
        address, params={"as_of": "2026-11-28", "known_at": "2026-11-29"}, headers={"Accept-Language": language}
    )
    assert "<script" not in answer.text
    if answer.status_code == 404:
        assert address in OF_SOMETHING  # it did not exist then
    else:
        assert answer.status_code == 200
        assert says in answer.text


@every_address
def test_a_page_interprets_nothing_that_people_wrote(shown_desk: ShownDesk, address: str) -> None:
    answer = shown_desk.get(address)
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text
    assert "<script>" not in answer.text
    assert "\u202e" not in VALUE.sub("", answer.text)
