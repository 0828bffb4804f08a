"""What a browser says of a page: accessibility, width, how it prints, and its words."""

from collections import Counter
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.examples import THOROUGH
from tests.support.page_tests.browser import HEIGHT, NARROWEST, WIDE

_WIDER = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const clips = element => getComputedStyle(element).overflowX !== 'visible';
    const scrolls = element => element && (clips(element) || scrolls(element.parentElement));
    const wider = [...document.body.querySelectorAll('*')]
        .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
        .map(element => element.outerHTML.slice(0, 200));
    return wider.length ? wider : ['the page'];
}"""
_ON_PAPER = """() => [...document.querySelectorAll('h1, section.panel, nav.menu')]
    .filter(element => element.matches('nav.menu') === element.checkVisibility())
    .map(element => element.outerHTML.slice(0, 200))"""
_AXE_RUNS = """async repeated => {
    const options = {resultTypes: ['violations'], preload: false}, contrast = 'color-contrast';
    const others = await axe.run({...options, rules: {[contrast]: {enabled: false}}});
    const pale = await axe.run({exclude: repeated()}, {...options, runOnly: {type: 'rule', values: [contrast]}});
    return [...others.violations, ...pale.violations];
}"""
"""Without a second load of style sheets and media, which only the rule on media that play by themselves reads."""
_REPEATED = """() => {
    const paths = new Map(), elementsByLook = new Map(), kept = new Set();
    const pathOf = element => {
        if (!element) return '';
        if (!paths.has(element)) {
            const style = getComputedStyle(element);
            const own = [element.tagName, element.className, style.backgroundColor, style.backgroundImage,
                style.opacity, style.position, style.filter];
            paths.set(element, `${pathOf(element.parentElement)}>${own}`);
        }
        return paths.get(element);
    };
    const holdsText = element => element.matches('input, select, textarea')
        || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    for (const element of [...document.body.querySelectorAll('*')].filter(holdsText)) {
        const style = getComputedStyle(element);
        const isJudged = element.textContent.trim().length > 1;  // of one letter axe says nothing
        const own = [style.color, style.fontSize, style.fontWeight, style.textShadow, isJudged];
        const look = `${pathOf(element)}:${own}`;
        if (!elementsByLook.has(look)) elementsByLook.set(look, []);
        elementsByLook.get(look).push(element);
    }
    for (const elements of elementsByLook.values())
        for (let element of [elements[0], elements.at(-1)])
            for (; element; element = element.parentElement) kept.add(element);
    return [...elementsByLook.values()].flat().filter(element => !kept.has(element));
}"""
"""The texts between the first and the last of one look: their colours, and the colours behind them, are the same."""
_NONE = "() => []"
_WORDS = """root => {
    const main = root.querySelector('main').cloneNode(true);
    main.querySelectorAll('#true-at, #announced').forEach(element => element.remove());
    return main.textContent.split(/\\s+/).join(' ').trim();
}"""
A4 = 794
"""Pixels of the width of a sheet."""


def violations(page: Page) -> list[str]:
    """What axe finds by all of its rules: the rule and the first elements of each violation. A page has no media.

    The contrast of a text is most of axe's time; of texts that look the same, the first and the last are measured,
    and all of them where tests are THOROUGH.
    """
    assert not page.locator("audio, video").count()
    page.evaluate(AXE_SCRIPT)
    violated: list[dict[str, Any]] = page.evaluate(f"({_AXE_RUNS})({_NONE if THOROUGH else _REPEATED})")
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in violated
        for node in violation["nodes"][:3]
    ]


def wider_than_the_window(page: Page) -> list[str]:
    """The elements that make the page scroll sideways. A table that scrolls in a box of its own is none."""
    elements: list[str] = page.evaluate(_WIDER)
    return elements


def wider_than_a_narrow_window(page: Page) -> list[str]:
    """The same in a window of 320 pixels with everything unfolded, and at twice the zoom: half of the usual width."""
    page.evaluate("() => document.querySelectorAll('details').forEach(element => element.open = true)")
    elements = []
    for width in (NARROWEST, WIDE // 2):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        elements += wider_than_the_window(page)
    return elements


def repeated_ids(page: Page) -> list[str]:
    """The ids that two elements have."""
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(element => element.id)")
    return [name for name, times in Counter(ids).items() if times > 1]


def wrong_on_paper(page: Page) -> list[str]:
    """What a printed page lacks of its content, and what it has that nobody can use there."""
    page.set_viewport_size({"width": A4, "height": HEIGHT})
    page.emulate_media(media="print")
    elements: list[str] = page.evaluate(_ON_PAPER)
    return elements + wider_than_the_window(page)


def words(page: Page) -> str:
    """The words of the page's content, without the line that says when it was true."""
    content: str = page.evaluate(f"({_WORDS})(document)")
    return content


def words_without_script(page: Page, html: str) -> str:
    """The same of a page that was sent, as a browser reads it that runs no script."""
    content: str = page.evaluate(f"html => ({_WORDS})(new DOMParser().parseFromString(html, 'text/html'))", html)
    return content
