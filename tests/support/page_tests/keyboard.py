"""What the Tab key reaches on a page, and what it passes by."""

from itertools import zip_longest
from typing import NamedTuple

from playwright.sync_api import Page

_REACHABLE = """() => {
    const usable = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]';
    return [...document.querySelectorAll(usable)]
        .filter(element => element.type !== 'hidden' && element.checkVisibility({visibilityProperty: true}))
        .map(element => element.outerHTML.slice(0, 120));
}"""
_NOTE_FOCUS = """() => {
    const noted = window.noted = {reached: [], left: false};
    let first = null, before = null;
    document.addEventListener('keyup', () => {
        const element = document.activeElement;
        noted.left ||= element === document.body || (element === first && element !== before);
        if (noted.left || element === before) return;
        first ??= element;
        before = element;
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        const inWindow = box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight;
        noted.reached.push([element.outerHTML.slice(0, 120), outlined && inWindow]);
    });
}"""
AT_ONCE = 20
"""Steps of the Tab key between two questions whether it has left the page."""
MOST_STEPS = 1_500


class Focused(NamedTuple):
    """An element that the Tab key has reached. ``visible``: it lies in the window, with an outline."""

    html: str
    visible: bool


def reachable(page: Page) -> list[str]:
    """The links, buttons and fields that a person with a mouse can use, in their order."""
    elements: list[str] = page.evaluate(_REACHABLE)
    return elements


def tabbed(page: Page) -> list[Focused]:
    """What the Tab key reaches from the top of the page on, until it leaves the page or begins anew.

    Day, month and year of a field for dates count once.
    """
    page.evaluate(_NOTE_FOCUS)
    for _ in range(0, MOST_STEPS, AT_ONCE):
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        if page.evaluate("() => noted.left"):
            break
    return [Focused(html, visible) for html, visible in page.evaluate("() => noted.reached")]


def missed_by_tab(page: Page) -> list[str]:
    """What the Tab key reaches without showing where it is, and the first thing that it does not reach in its order."""
    wanted, reached = reachable(page), tabbed(page)
    unseen = [f"unseen: {each.html}" for each in reached if not each.visible]
    both = zip_longest((each.html for each in reached), wanted)
    return unseen + [f"{html} instead of {other}" for html, other in both if html != other][:1]


def not_skipped(page: Page) -> list[str]:
    """What the skip link, the first thing on a page, does not lead past."""
    if not page.evaluate("() => document.querySelector('a[href], button, input').matches('a.skip')"):
        return ["the skip link is not the first"]
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    skipped = page.evaluate("() => document.activeElement.closest('main, footer') !== null")
    return [] if skipped else ["the menu"]
