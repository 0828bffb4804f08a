"""The words of the screen: in both languages, all used, with the number that a value has."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import api
import domain
import projections
from api.refusal_words import rule_in
from api.screen.pages import PAGES
from api.screen.pages.audit import access
from api.screen.words import WORDS, word
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE

_QUOTED = re.compile(r"""["'](\w[\w .:-]*)["']""")
_BEGINNING = re.compile(r"""["']([\w.]*[._])(?:["'] ~|\{)""")
"""The beginning of a key in a template ("desk.due_" ~ name) or in code (f"desk.due_{name}")."""
_REFUSAL = re.compile(r"""[Rr]efusal\((?:\w+, )?\s*"([a-z_]+)",""")


_TEMPLATES = sorted((Path(api.__path__[0]) / "screen" / "templates").rglob("*.html"))
_FILLED_IN = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARKUP = re.compile(r"<(code|pre)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SAID = re.compile(r'(?:aria-label|alt|title|placeholder)="([^"]*)"')
_NOT_SAID = re.compile(r"""\b(required|[\w-]+="[^"]*")|/\w+""")
"""What macros and blocks write into a tag: attributes and addresses."""
_SAME_IN_BOTH = {"English", "Tiếng Việt", "verify.py", ", SHA-256 ."}


_ENDINGS = re.compile("(_says|_without_due|[.]room)$")
"""What sources write behind a word of their own."""
_NAMED_ELSEWHERE = ("actions.error.", "customer.date_")
"""Words by the kinds of pydantic's errors, and by the fields of a row."""


@cache
def sources() -> list[str]:
    """The texts of the product without its words."""
    return [
        path.read_text(encoding="utf-8")
        for package in (api, domain, projections)
        for root in [Path(package.__path__[0])]
        for path in root.rglob("*.*")
        if path.suffix in {".py", ".html", ".sql"} and "words" not in path.relative_to(root).parts[:-1]
    ]


def used() -> Iterator[str]:
    """The keys that a source names, whole or as a beginning and a quoted rest."""
    quoted = {each for source in sources() for each in _QUOTED.findall(source)}
    quoted |= {each.partition(".")[2] for each in quoted}
    beginnings = {each for source in sources() for each in _BEGINNING.findall(source)}
    beginnings |= {f"{page.name}." for page in PAGES}
    for key in WORDS:
        whole = _ENDINGS.sub("", key)
        rests = [whole.removeprefix(beginning) for beginning in beginnings if whole.startswith(beginning)]
        if (
            {key, whole} & quoted
            or key.startswith(_NAMED_ELSEWHERE)
            or any(rest in quoted or set(rest.split(".")) <= quoted for rest in rests)
        ):
            yield key


def test_every_word_is_used() -> None:
    assert set(WORDS) - set(used()) == set()


def test_both_languages_name_the_same_values() -> None:
    for key, (english, vietnamese) in WORDS.items():
        named = [set(re.findall(r"\{(\w+)", text)) for text in (english, vietnamese)]
        assert named[0] == named[1], key


def test_a_word_differs_between_the_languages_unless_it_is_a_name_or_holds_only_values() -> None:
    same = {key for key, (english, vietnamese) in WORDS.items() if english == vietnamese}
    assert {key for key in same if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", WORDS[key][0]))} == {
        "product", "documentation",
    }  # fmt: skip


@pytest.mark.parametrize("template", _TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_has_no_text_of_its_own(template: Path) -> None:
    html = _FILLED_IN.sub("", template.read_text(encoding="utf-8"))
    texts = [_NOT_SAID.sub("", text).strip() for text in _MARKUP.sub("\0", html).split("\0")]
    expected = [text for text in [*texts, *_SAID.findall(html)] if re.search(r"[^\W\d_]", text)]
    assert set(expected) <= _SAME_IN_BOTH


@pytest.mark.parametrize(
    ("total", "expected"), [("1", "1 ticket, 0 of them late."), ("1,200", "1,200 tickets, 0 of them late.")]
)
def test_one_is_said_in_the_singular(total: str, expected: str) -> None:
    assert word("tickets.count", "en", total=total, late="0") == expected


def test_every_refusal_has_a_vietnamese_sentence() -> None:
    codes = {code for source in sources() for code in _REFUSAL.findall(source)}
    assert len(codes) > 80
    assert codes - RULES_IN_VIETNAMESE.keys() == set()


def test_a_refusal_without_a_vietnamese_sentence_is_said_in_english() -> None:
    assert rule_in("of_a_plug_in", "choose another", "vi") == "Choose another."


def test_every_page_and_form_that_the_access_journal_names_has_its_words() -> None:
    forms = {f"actions.{key}" for key in (*access._FORMS.values(), *access._SENT.values())}
    assert forms | set(access._SHOWN.values()) <= WORDS.keys()
    assert access._SHOWN.keys() == {f"GET {page.path}" for page in PAGES}
    assert [key for key in access._SHOWN.values() if "{" in "".join(WORDS[key])] == []
