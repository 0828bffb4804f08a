"""No exported text is a formula to a spreadsheet, whichever separator it splits at, and none is lost."""

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.spreadsheet_text import inert
from tests.support.examples import THOROUGH

SIGNS = ("=", "+", "-", "@", "\u2212")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "exports.md"
FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
UNSEEN = "\ufeff\u200b\u2060\u00a0\u00ad\u3164\x01\x7f \u0308\ufe0f"
TEXTS = st.text(
    st.sampled_from(f"=+-@;|,\t\r\n'\"ax1{FULL_WIDTH}{UNSEEN}\u2212\ufe62\u2a75\u2028\x85") | st.characters()
)


def written(rows: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def cells(file: str, separator: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(file, newline=""), delimiter=separator) for cell in row]


def is_interpreted(cell: str) -> bool:
    """A second, slower answer: what a program would calculate, after it has passed over what nobody sees."""
    seen = unicodedata.normalize("NFKC", cell)
    while seen and (unicodedata.category(seen[0])[0] in "ZCM" or seen[0] in "\u115f\u1160"):
        seen = seen[1:]
    return seen.startswith(SIGNS) or cell.startswith(SIGNS)


def as_it_was(text: str) -> str:
    """By the pattern that the page of exports gives."""
    (pattern,) = re.findall(r're\.sub\(r"(.*?)", r"\\1", text\)', PAGE.read_text(encoding="utf-8"))
    return re.sub(pattern, r"\1", text)


def interpreted(mark: Callable[[str], str], texts: list[list[str]]) -> list[str]:
    file = written([["id", *map(mark, row)] for row in texts])
    formulas = [cell for separator in ",;\t|" for cell in cells(file, separator)]
    by_lines = [csv.reader(file.splitlines(), delimiter=separator) for separator in ",;\t|"]
    return list(filter(is_interpreted, formulas + [cell for rows in by_lines for row in rows for cell in row]))


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=3))
@example([["a;=1+1"]])
@example([['a;"=1'], ['"\n=1']])
@example([["\ufeff\uff1dcmd|'/c calc'!A0"]])
@example([["p,a;"], ["=1"]])
def test_no_cell_is_interpreted_by_comma_semicolon_tab_or_bar(texts: list[list[str]]) -> None:
    assert not interpreted(inert, texts)


@given(TEXTS)
def test_no_cell_begins_with_a_tab_or_a_line_end(text: str) -> None:
    assert not inert(text).startswith(("\t", "\r", "\n"))


@given(TEXTS)
def test_the_mark_can_be_taken_away(text: str) -> None:
    assert as_it_was(inert(text)) == text


@given(TEXTS, TEXTS)
def test_texts_that_differ_stay_different(first: str, second: str) -> None:
    assert (inert(first) == inert(second)) == (first == second)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1", "'\t'=1"),
        ("\tx", "'\tx"),
        ("\uff1d1", "'\uff1d1"),
        ("\ufeff\u200b=1", "'\ufeff\u200b=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a; \uff0b1", "a;' \uff0b1"),
        ("=cmd|' /C calc'!A0", "'=cmd|'' /C calc'!A0"),
        ("one\n- two", "one\n'- two"),
        ("'Quoted'", "''Quoted'"),
        ("\u2212" + "5", "'\u2212" + "5"),
    ],
)
def test_what_would_be_interpreted_is_marked(text: str, shown: str) -> None:
    assert inert(text) == shown


@pytest.mark.parametrize("text", ["", "Nguyễn Thị Lan", "1+1", "a;b", "x\ny", "Lan-Anh = 1", "O'Neill", "2026-03-02"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_every_character_of_unicode_is_inert_at_the_beginning() -> None:
    """With THOROUGH=1; otherwise the assigned characters, and one of 64 that are unassigned or for private use."""
    everyone = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    drawn = (
        character
        for character in everyone
        if THOROUGH or unicodedata.category(character) not in {"Cn", "Co"} or ord(character) % 64 == 0
    )
    assert not [character for character in drawn if is_interpreted(inert(f"{character}=1"))]


@pytest.mark.parametrize("text", ["a;=1", "\ufeff=1", "\uff1d1", 'a;"=1', "x\t=1", "x\n@y"])
def test_an_apostrophe_before_ascii_signs_alone_is_not_enough(text: str) -> None:
    """The negative control: what the export did before."""

    def first_character_alone(text: str) -> str:
        return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text

    assert interpreted(first_character_alone, [[text]])
    assert not interpreted(inert, [[text]])
