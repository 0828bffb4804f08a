"""What page tests look for is found where it is wrong. Each test is the negative control of one look."""

import pytest
from playwright.sync_api import Page

from api.report_pages.html_page import html_page, sections_html
from tests.support.page_tests.browser import HEIGHT, NARROWEST, Pages
from tests.support.page_tests.keyboard import missed_by_tab, not_skipped, reachable
from tests.support.page_tests.looks import (
    repeated_ids,
    violations,
    wider_than_a_narrow_window,
    wider_than_the_window,
    words,
    words_without_script,
    wrong_on_paper,
)
from tests.support.report_documents import issue, row, section

WIDE_WORD = "x" * 200


@pytest.fixture
def page(pages: Pages) -> Page:
    """A page whose content a test replaces."""
    return pages.visit("/desk", width=NARROWEST)


def shows(page: Page, body: str) -> None:
    page.evaluate("body => { document.body.innerHTML = body; document.body.style.overflowWrap = 'normal'; }", body)


def test_a_picture_without_words_and_a_pale_text_are_violations(page: Page) -> None:
    shows(page, '<main><h1>One</h1><svg role="img"></svg><p>pale</p></main>')
    page.evaluate("() => { document.querySelector('p').style.color = '#ccc'; }")
    rules = [violation.partition(":")[0] for violation in violations(page)]
    assert {"svg-img-alt", "color-contrast"} <= set(rules)


@pytest.mark.parametrize("pale", ["of its own", "of the text beside it", "of its row", "of all"])
def test_a_pale_text_among_many_of_a_list_is_a_violation(page: Page, pale: str) -> None:
    rows = "".join(f"<li><b>{'number' * (0 < number < 8) or number}</b> row</li>" for number in range(9))
    shows(page, f"<main><h1>One</h1><ul>{rows}</ul></main>")
    assert violations(page) == []
    selector = {"of its own": "li:nth-child(5) b", "of all": "li b"}.get(pale, "li:nth-child(5)")
    style = "background = '#444'" if pale == "of its row" else "color = '#ccc'"
    page.evaluate(f"() => document.querySelectorAll('{selector}').forEach(element => element.style.{style})")
    assert {violation.partition(":")[0] for violation in violations(page)} == {"color-contrast"}


def test_what_is_wider_than_the_window_is_named_and_a_box_that_scrolls_is_not(page: Page) -> None:
    shows(page, f"<p>{WIDE_WORD}</p>")
    assert wider_than_the_window(page) == ["the page"] or WIDE_WORD[:50] in wider_than_the_window(page)[0]
    shows(page, f'<div class="scroll"><p>{WIDE_WORD}</p></div>')
    assert wider_than_the_window(page) == []


def test_a_wide_table_of_a_report_scrolls_in_its_own_box_on_the_screen_and_in_the_file(
    page: Page, pages: Pages
) -> None:
    scores = {f"score_{score}": score for score in range(1, 6)}
    issued = issue(section([row({"team": team}, parts=scores) for team in ("A", "B")], figure="satisfaction"))
    shows(page, f'<main><div class="report">{sections_html(issued.document, "en")}</div></main>')
    assert page.locator("thead th").count() == 7
    assert wider_than_the_window(page) == []
    with pages.browser.new_page(viewport={"width": NARROWEST, "height": HEIGHT}) as file:
        file.set_content(html_page(issued, "en"))
        assert wider_than_the_window(file) == []
        assert file.locator(".scroll[tabindex]").count() == 1


def test_a_focus_that_is_not_seen_and_an_element_that_tab_passes_by_are_found(page: Page) -> None:
    shows(page, '<a href="#a">seen</a><a href="#b" tabindex="-1">passed by</a><a href="#c">unseen</a>')
    page.evaluate("() => { document.querySelector('[href=\"#c\"]').style.outline = 'none'; }")
    assert len(reachable(page)) == 3
    unseen, passed_by = missed_by_tab(page)
    assert unseen.startswith('unseen: <a href="#c"')
    assert passed_by.startswith('<a href="#c"')
    assert passed_by.endswith('instead of <a href="#b" tabindex="-1">passed by</a>')
    assert "instead of" in missed_by_tab(page)[-1]


def test_a_skip_link_that_leads_nowhere_or_is_not_the_first_is_found(page: Page) -> None:
    skip, menu, main = (
        '<a class="skip" href="#main">skip</a>',
        '<a href="#menu">menu</a>',
        '<a href="#a">one</a></main>',
    )
    shows(page, f'{skip}<nav>{menu}</nav><main id="main">{main}')
    assert not_skipped(page) == []
    shows(page, f"{skip}<nav>{menu}</nav><main>{main}")
    assert not_skipped(page) == ["the menu"]
    shows(page, f'{menu}{skip}<main id="main">{main}')
    assert not_skipped(page) == ["the skip link is not the first"]


def test_words_are_those_of_the_content_without_the_line_of_the_present(page: Page) -> None:
    shows(page, '<header>menu</header><main><p id="true-at">as of</p><p>one\n two</p></main>')
    assert words(page) == "one two"


def test_words_without_script_are_those_that_were_sent(page: Page) -> None:
    sent = "<main><p>one <noscript>two</noscript></p><script>document.write('three')</script></main>"
    assert words_without_script(page, sent).startswith("one two")


def test_an_id_of_two_elements_is_found(page: Page) -> None:
    shows(page, '<p id="a"></p><p id="a"></p><p id="b"></p>')
    assert repeated_ids(page) == ["a"]


def test_what_is_hidden_in_a_fold_and_too_wide_is_found(page: Page) -> None:
    shows(page, f"<details><summary>more</summary><p>{WIDE_WORD}</p></details>")
    assert wider_than_the_window(page) == []
    assert wider_than_a_narrow_window(page) != []


def test_a_menu_on_paper_and_a_panel_that_is_not_there_are_found(page: Page) -> None:
    shows(page, '<h1>One</h1><div class="top"><nav class="menu">menu</nav></div><section class="panel">two</section>')
    assert wrong_on_paper(page) == []
    shows(page, '<h1>One</h1><nav class="menu">menu</nav><section class="panel who">two</section>')
    assert wrong_on_paper(page) == ['<nav class="menu">menu</nav>', '<section class="panel who">two</section>']
