"""The words of the screen: complete in both languages, and every key that a template uses is there."""

import re
import string
from datetime import timedelta
from pathlib import Path

from api.screen.actions.form_pages import FORM_PAGES
from api.screen.actions.table import ACTIONS
from api.screen.pages import PAGES
from api.screen.words import WORDS
from api.screen_sessions import SESSION_SECONDS
from domain.workforce.load import MEDIAN_FACTOR
from projections.figures.waiting import QUIET

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


def test_every_form_has_the_words_of_its_button_and_its_fields() -> None:
    assert len(FORM_PAGES) == len(ACTIONS)
    for action in ACTIONS:
        assert f"actions.{action.key}" in WORDS
        shown = {each.name for each in action.form_fields if each.name not in action.given}
        assert {f"actions.field.{name}" for name in shown} <= WORDS.keys(), action.key


def test_the_numbers_that_words_name_are_those_of_the_product() -> None:
    hours = {
        "desk.waiting_quiet": QUIET,
        "desk.waiting_rule": QUIET,
        "sign_in.explanation": timedelta(seconds=SESSION_SECONDS),
    }
    for key, bound in hours.items():
        english, vietnamese = WORDS[key]
        number = f"{bound / timedelta(hours=1):g}"
        assert f"{number} hours" in english, key
        assert f"{number} giờ" in vietnamese, key
    english, vietnamese = WORDS["desk.rule_over_team_median"]
    assert f"{MEDIAN_FACTOR:g} times" in english
    assert f"{MEDIAN_FACTOR:g} lần".replace(".", ",") in vietnamese
