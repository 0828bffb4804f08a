"""A panel that comes anew changes what differs, and leaves the rest of the page as it is."""

import pytest
from playwright.sync_api import Page

from tests.support.page_tests.browser import Pages

LIST = """html => {
  document.body.insertAdjacentHTML('beforeend', html);
  window.rows = Object.fromEntries([...document.querySelectorAll('#old tr')].map(row => [row.innerText[0], row]));
}"""
MORPH = """html => {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const focused = document.activeElement;
  const changed = morph(document.getElementById('old'), fresh.getElementById('old'));
  keepFocus(focused);
  return changed;
}"""


def listed(rows: str, version: int = 1, more: str = "text") -> str:
    return f"""<section id="old"><table><tbody>{rows}</tbody></table>
    <details><summary>more</summary><p>{more}</p></details>
    <form><input name="typed" value=""><input type="hidden" name="version" value="{version}"></form></section>"""


def row(name: str, value: int) -> str:
    return f'<tr><td><a href="/{name}">{name}</a></td><td>{value}</td></tr>'


THREE = row("a", 1) + row("b", 2) + row("c", 3)


@pytest.fixture
def page_with_list(pages: Pages) -> Page:
    page = pages.visit("/desk")
    page.evaluate(LIST, listed(THREE))
    return page


def test_rows_of_a_list_stay_the_same_rows_where_they_are_wanted(page_with_list: Page) -> None:
    page = page_with_list
    for order in ("cba", "bc", "xabc", "axbyc", "cab", "abcabc", "cxa", "c", ""):
        page.evaluate("document.getElementById('old').remove()")
        page.evaluate(LIST, listed(THREE))
        page.focus('#old a[href="/c"]')
        page.evaluate(MORPH, listed("".join(row(name, number) for number, name in enumerate(order))))
        shown = page.evaluate("[...document.querySelectorAll('#old tr')].map(row => row.innerText.replace('\\t', ''))")
        assert shown == [f"{name}{number}" for number, name in enumerate(order)]
        kept = page.evaluate("[...document.querySelectorAll('#old tr')].map(row => Object.values(rows).includes(row))")
        assert kept == [name in "abc" and order.index(name) == number for number, name in enumerate(order)], order
        assert page.evaluate("document.activeElement.pathname ?? ''") == ("/c" if "c" in order else ""), order


def test_only_what_differs_is_marked_as_changed(page_with_list: Page) -> None:
    page = page_with_list
    other = listed(THREE.replace("2", "9"))
    assert not page.evaluate(MORPH, listed(THREE))
    assert page.evaluate(MORPH, other)
    assert page.locator("#old [data-changed]").all_inner_texts() == ["9"]
    assert not page.evaluate(MORPH, other)
    assert page.locator("#old [data-changed]").count() == 0


def test_a_form_that_somebody_writes_in_stays_as_it_is(page_with_list: Page) -> None:
    page = page_with_list
    version = page.locator("#old [name=version]")
    page.evaluate(MORPH, listed(THREE, version=2))
    assert version.get_attribute("value") == "2"
    page.fill("#old [name=typed]", "half a sen")
    page.locator("#old summary").click()
    page.evaluate(MORPH, listed(THREE, version=3, more="other"))
    assert page.input_value("#old [name=typed]") == "half a sen"
    assert version.get_attribute("value") == "2", "so that the desk can tell what has changed since"
    assert page.evaluate("document.querySelector('#old details').open")
    assert page.locator("#old details p").inner_text() == "other"
