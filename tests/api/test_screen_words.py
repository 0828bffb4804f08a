"""The words of the screen: complete in both languages, and every key that a template uses is there."""

import re
import string
from pathlib import Path

from api.screen.pages import PAGES
from api.screen.words import WORDS

TEMPLATES = Path(__file__).parents[2] / "api" / "screen" / "templates"
USED = re.compile(r"""\bw\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_word_has_both_languages_with_the_same_values() -> None:
    for key, (english, vietnamese) in WORDS.items():
        assert english.strip(), key
        assert vietnamese.strip(), key
        assert names_in(english) == names_in(vietnamese), key


def test_every_key_of_a_template_is_in_the_table() -> None:
    for template in TEMPLATES.rglob("*.html"):
        assert set(USED.findall(template.read_text())) <= WORDS.keys(), template.name


def test_every_page_and_panel_has_its_title() -> None:
    for page in PAGES:
        assert page.title is not None or f"{page.name}.title" in WORDS
        assert not page.in_menu or f"{page.name}.menu" in WORDS
        assert {f"{page.name}.{panel.name}" for panel in page.panels} <= WORDS.keys()
