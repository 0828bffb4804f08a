"""Nothing that a customer wrote acts on the terminal of whoever reads it."""

import ast
import json
import re
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.terminal_text import escaped, escaped_json
from tests.support.command_line import Run
from tests.support.importing.histories import row, write
from tests.support.importing.imported import mapped_history
from tests.support.mapping_texts import MAPPING
from tests.support.run_databases import RunDatabases

ROOT = Path(__file__).parents[2]
HOSTILE = "x\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202egnp\u2066\u200f\r\x08\x7f\u2028\u2029"


def unsafe(character: str) -> bool:
    """A second, slower answer from Unicode's own properties."""
    kept = character in "\t\n"
    directions = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return not kept and (
        unicodedata.category(character) in {"Cc", "Zl", "Zp"} or unicodedata.bidirectional(character) in directions
    )


@given(st.text(st.characters() | st.sampled_from(HOSTILE)))
def test_no_character_that_acts_is_left(text: str) -> None:
    assert not any(map(unsafe, escaped(text)))
    assert not any(map(unsafe, escaped_json(json.dumps(text, ensure_ascii=False))))


@pytest.mark.parametrize("character", sorted({*filter(unsafe, HOSTILE)}))
@pytest.mark.parametrize("joined", ["❤\ufe0f", "\u0645\u200c"])
def test_what_follows_many_marks_is_judged_by_what_stands_before_it(character: str, joined: str) -> None:
    """An escape is longer than its mark: the positions behind it are others than in the text."""
    texts = ["a" + "\u0301" * 9 + character + "x" * between + joined for between in range(8)]
    assert not any(map(unsafe, "".join(map(escaped, texts))))
    assert all(text.endswith(joined) for text in map(escaped, texts))


@given(st.text(st.characters() | st.sampled_from(HOSTILE)))
def test_the_escaped_document_means_the_same(text: str) -> None:
    assert json.loads(escaped_json(json.dumps({text: text}, ensure_ascii=False))) == {text: text}


@pytest.mark.parametrize(
    "hidden",
    "\u200c\u200d\u180b\ufe00\ufe0f\U000e0100\U000e01f0\ufff0\U0001bca0\U0001d173"
    "\xad\u034f\u180e\u200b\u2060\u2063\u206a\u206f\u3164\ufeff\uffa0\ufff9\U000e0041",
)
def test_two_names_that_differ_in_what_is_not_seen_look_different(hidden: str) -> None:
    assert escaped(f"an{hidden}na") == f"an{hidden.encode('ascii', 'backslashreplace').decode()}na"
    shown = escaped_json(json.dumps(f"an{hidden}na", ensure_ascii=False))
    assert (shown.isascii(), json.loads(shown)) == (True, f"an{hidden}na")


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "Nguyễn Thị Lan",
        "một\nhai\tba",
        "👩\u200d🔧",
        "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ©\ufe0f",
        "葛\U000e0100城",
        "क्\u200dष",
        "e\u0302\u0301",
        "كتاب",
        "a\u00a0b",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert escaped(text) == text


def test_a_joiner_or_a_selector_behind_another_is_escaped() -> None:
    assert escaped("\u0645\u200c\u200c") == "\u0645\u200c\\u200c"
    assert escaped("T-1\ufe0f0 ❤\ufe0f\ufe0f") == "T-1\\ufe0f0 ❤\ufe0f\\ufe0f"
    assert escaped("\u200dan") == "\\u200dan"


@pytest.mark.parametrize("mark", "\u0301\u0489\u0651\u0859\u0e47\u0f74\u135d\u1a17\u1dc4\u20d2\u302a\ufe20")
def test_marks_without_end_cover_no_other_line(mark: str) -> None:
    flood = "a" + mark * 50
    assert escaped(flood) == "a" + mark * 8 + f"\\u{ord(mark):04x}" * 42
    document = json.dumps(flood, ensure_ascii=False)
    assert (escaped_json(document).count(mark), json.loads(escaped_json(document))) == (8, flood)


@pytest.mark.parametrize("joiner", "\u200c\u200d")
def test_joiners_between_marks_give_a_letter_no_more_of_them(joiner: str) -> None:
    assert escaped("\u0627" + f"\u0651{joiner}" * 50).count("\u0651") == 8


def test_marks_of_many_letters_stay() -> None:
    text = "❤\ufe0f" * 20 + "\u0921\u093f" * 20 + "e\u0301" * 20
    assert escaped(text) == text


HOSTILE_NAME = "".join(character for character in HOSTILE if character > "\x9f" or character.isalpha())
HOSTILE_NOTE = HOSTILE.replace("\r", "")  # outside of quotes it ends a line
HOSTILE_ROWS = [row("New", 0, f"T{number}", agent=HOSTILE_NAME, note=HOSTILE_NOTE) for number in range(2)]


@pytest.fixture(scope="session")
def attacked_template(run_databases: RunDatabases, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of a desk in which every name that a file may give is hostile."""
    fill = partial(mapped_history, folder=tmp_path_factory.mktemp("attacked"), rows=HOSTILE_ROWS)
    return run_databases.made("attacked", fill, template)


@pytest.fixture
def attacked(attacked_template: str, run: Run, tmp_path: Path) -> Run:  # noqa: ARG001 -- the database is a copy of it
    """The command line on such a desk, beside the file and its mapping."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "in.csv", HOSTILE_ROWS)
    return run


@pytest.mark.parametrize(
    "words",
    [
        ["history", "T0"],
        ["history", "T0", "--language", "vi"],
        ["history", "T0", "--json"],
        ["history", HOSTILE],
        ["report", "workload"],
        ["report", "backlog", "--by", "category"],
        ["report", "workload", "--json"],
        ["import", HOSTILE, "--mapping", "map.toml"],
        ["import", "in.csv", "--mapping", HOSTILE],
        ["sla", "explain", HOSTILE],
    ],
)
def test_no_command_plays_what_was_written(attacked: Run, words: list[str]) -> None:
    answer = attacked(*words)
    assert not [character for character in answer.out + answer.err if unsafe(character)]


PRINTING = {"print", "typer.echo", "typer.secho", "click.echo", "sys.stdout.write", "Console"}
MAY_PRINT = re.compile(r"\b(print|echo|secho|write|Console)\(")
"""In a file without it no call has such a name."""


def test_every_answer_goes_through_the_printing_module() -> None:
    """Whoever writes past it would have to remember to escape."""
    past = []
    for path in sorted((ROOT / "api").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if MAY_PRINT.search(text) else ():
            call = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if call in PRINTING:
                past.append(path.relative_to(ROOT).as_posix())
    assert set(past) == {"api/cli/printing.py"}
