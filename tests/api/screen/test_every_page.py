"""Each page of the table in a real browser: accessible, narrow, by keyboard, on paper, without script, in the past."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.page_tests.addresses import EVERY_ADDRESS, EVERY_PAGE, OF_SOMETHING, WITHOUT_EXAMPLE
from tests.support.page_tests.browser import HEIGHT, NARROW, NARROWEST, WIDE, BrowserLoop, Language, Pages
from tests.support.page_tests.looks import reachable, tabbed, violations, wider_than_the_window, words
from tests.support.page_tests.shown_desk import ShownDesk

every_page = pytest.mark.parametrize("address", EVERY_PAGE)
every_address = pytest.mark.parametrize("address", EVERY_ADDRESS)
MOST_STEPS = 1_500
A4 = 794
"""Pixels of the width of a sheet."""
VALUE = re.compile(r'value="[^"]*"')
"""What a form sends back as it is written."""


@pytest.fixture(scope="module", params=EVERY_PAGE)
def loaded(
    browser: Browser, browser_loop: BrowserLoop, shown_desk: ShownDesk, request: pytest.FixtureRequest
) -> Iterator[tuple[Pages, Page]]:
    """Each page in English, light and wide, for the tests that look at it one after the other."""
    pages = Pages(browser, shown_desk.address)
    with browser_loop:
        page = pages.open(request.param)
    yield pages, page
    with browser_loop:
        pages.close()


@pytest.fixture
def page(loaded: tuple[Pages, Page], browser_loop: BrowserLoop) -> Iterator[Page]:
    """The loaded page, as it was loaded. No test makes it complain."""
    pages, page = loaded
    with browser_loop:
        yield page
        page.emulate_media(color_scheme="light", forced_colors="none", media="screen")
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    complaints = pages.complaints()
    pages.forget()
    assert complaints == {}


def test_each_page_whose_address_has_a_parameter_has_an_example() -> None:
    assert WITHOUT_EXAMPLE == []


def test_no_two_elements_of_a_page_have_the_same_id(page: Page) -> None:
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(element => element.id)")
    assert [name for name, times in Counter(ids).items() if times > 1] == []


def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(page: Page) -> None:
    there = reachable(page)
    reached = tabbed(page, MOST_STEPS)
    assert 'class="skip"' in reached[0].html
    assert [each.html for each in reached if not each.visible] == []
    assert [each.html for each in reached] == there


def test_the_skip_link_leads_past_the_menu(page: Page) -> None:
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main, footer') !== null")


def test_a_page_is_accessible_in_both_themes_and_in_forced_colours(page: Page) -> None:
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []
    page.emulate_media(color_scheme="light", forced_colors="active")
    assert violations(page, "color-contrast") == []


def test_on_paper_a_page_has_its_content_and_no_menu(page: Page) -> None:
    page.set_viewport_size({"width": A4, "height": HEIGHT})
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.evaluate("() => [...document.querySelectorAll('section.panel')].every(one => one.checkVisibility())")
    assert not page.locator("nav.menu").is_visible()
    assert wider_than_the_window(page) == []


@every_page
def test_a_page_is_accessible_in_vietnamese_on_a_narrow_dark_screen(pages: Pages, address: str) -> None:
    page = pages.open(address, language="vi", theme="dark", width=NARROW)
    assert page.locator("html").get_attribute("lang") == "vi"
    assert violations(page) == []


@every_address
def test_a_page_fits_a_narrow_window_and_twice_the_zoom(pages: Pages, address: str) -> None:
    """Both are windows of fewer pixels: 320, and half of the usual width."""
    page = pages.open(address, width=NARROWEST)
    page.evaluate("() => document.querySelectorAll('details').forEach(element => element.open = true)")
    assert wider_than_the_window(page) == []
    page.set_viewport_size({"width": WIDE // 2, "height": HEIGHT // 2})
    assert wider_than_the_window(page) == []


@pytest.mark.parametrize("address", [address for address in EVERY_PAGE if address != "/audit/access"])
def test_a_page_says_the_same_with_and_without_script(pages: Pages, address: str) -> None:
    """The access journal shows that it was looked at, so that it never says the same twice."""
    assert words(pages.open(address)) == words(pages.open(address, script=False))


@every_page
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
