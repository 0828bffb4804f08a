"""What a browser says of a page: accessibility, width, what the Tab key reaches, and its words."""

from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
_WIDER = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const clips = element => getComputedStyle(element).overflowX !== 'visible';
    const scrolls = element => element && (clips(element) || scrolls(element.parentElement));
    return [...document.body.querySelectorAll('*')]
        .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
        .map(element => element.outerHTML.slice(0, 200));
}"""
_REACHABLE = """() => {
    const usable = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]';
    return [...document.querySelectorAll(usable)]
        .filter(element => element.type !== 'hidden' && element.checkVisibility({visibilityProperty: true}))
        .map(element => element.outerHTML.slice(0, 120));
}"""
_FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const again = element === window.focusedBefore;
    window.focusedBefore = element;
    return {
        again,
        html: element.outerHTML.slice(0, 120),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        visible: box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Focused(NamedTuple):
    """An element that the Tab key has reached. ``visible``: it lies in the window, with an outline."""

    html: str
    visible: bool


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds: the rule and the first element of each violation. Without ``rules`` all of its rules are used."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = _AXE.run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found
        for node in violation["nodes"][:3]
    ]


def wider_than_the_window(page: Page) -> list[str]:
    """The elements that make the page scroll sideways. A table that scrolls in a box of its own is none."""
    found: list[str] = page.evaluate(_WIDER)
    wide: bool = page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return found or (["the page"] if wide else [])


def reachable(page: Page) -> list[str]:
    """The links, buttons and fields that a person with a mouse can use, in their order."""
    found: list[str] = page.evaluate(_REACHABLE)
    return found


def tabbed(page: Page, most: int) -> list[Focused]:
    """What the Tab key reaches from the top of the page on, until it leaves the page; at most so many.

    Day, month and year of a field for dates count once.
    """
    reached: list[Focused] = []
    while len(reached) < most:
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        if not focused["again"]:
            reached.append(Focused(focused["html"], focused["outlined"] and focused["visible"]))
    return reached


def words(page: Page) -> str:
    """The words of the page's content, without the line that says when it was true."""
    content: str = page.evaluate(
        """() => {
            const main = document.querySelector('main').cloneNode(true);
            main.querySelectorAll('#true-at, #announced').forEach(element => element.remove());
            return main.textContent.split(/\\s+/).join(' ').trim();
        }"""
    )
    return content
