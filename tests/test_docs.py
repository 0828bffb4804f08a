"""The documents lead nowhere that is not there, have one form, and name every event."""

import re
from pathlib import Path

import pytest

from domain.definitions.definition_file import check, read_definition_file
from domain.event_log.event_types import EVENT_TYPES

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("ADR/*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md", ROOT / "README.md"])
DECISIONS = [page for page in PAGES if re.match(r"\d{4}-", page.name)]
ROOMS = ("domain", "projections", "api", "tests", "benchmarks", "docs", "ADR", ".ci")
TO_BE_MADE = {  # the examples of CONTRIBUTING.md
    "api/screen/pages/handovers.py",
    "api/screen/templates/handovers/<panel>.html",
    "api/screen/words/handovers.py",
    "projections/handovers.py",
    "tests/projections/golden/handovers.txt",
    "tests/projections/test_handovers.py",
    "tests/domain/event_log/samples/ticket.language_changed.json",
    "tests/domain/event_log/samples/ticket.effort_logged@2.json",
}
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
DEFINITION = re.compile(r"^```toml\n(kind = .*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CELLS = re.compile(r"(?m)^\| (.+) \|$")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _rows(text: str) -> list[list[str]]:
    """The cells of every line of a table, its head and the line under it left out."""
    lines = [match[1].split(" | ") for match in CELLS.finditer(text)]
    return [cells for cells in lines if not cells[0].startswith(("term", "topic", "Number", "Status"))]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = target.partition("#")
        file = page if not path else (page.parent / path).resolve()
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(map(re.escape, ROOMS))})/[^`\s*]+)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if path not in TO_BE_MADE and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=_name)
def test_no_line_but_one_of_a_table_is_longer_than_120_characters(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_worked_examples_of_a_definition_on_a_page_hold(page: Path) -> None:
    for text in DEFINITION.findall(page.read_text(encoding="utf-8")):
        if "[[examples]]" in text:
            assert all(not outcome.differences for outcome in check(read_definition_file(text), text))


@pytest.mark.parametrize("page", DECISIONS, ids=_name)
def test_a_decision_has_the_form_of_all_and_its_line_in_the_index(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    title = re.match(r"# (\d{4}) (.+)\n\n\| Status \| Date \| Relates to \|\n\|---\|---\|---\|\n", text)
    assert title is not None
    assert re.findall(r"(?m)^## (.+)$", text) == ["Context", "Decision", "Alternatives", "Where"]
    ((status, date, _relations), *_) = _rows(text)
    listed = [cells for cells in _rows((ROOT / "ADR/README.md").read_text(encoding="utf-8")) if title[1] in cells[0]]
    assert listed == [[f"[{title[1]}]({page.name})", title[2], status, date.partition(",")[0]]]


def test_the_index_has_the_decisions_in_the_order_of_their_numbers() -> None:
    numbers = re.findall(r"(?m)^\| \[(\d{4})\]", (ROOT / "ADR/README.md").read_text(encoding="utf-8"))
    assert numbers == sorted(numbers)


def test_every_topic_stands_in_the_reference_with_its_schema_version_and_its_fields() -> None:
    text = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
    written = {
        cells[0].strip("`"): (int(cells[1]), re.findall(r"`(\w+)`", cells[3].partition(":")[0]))
        for cells in _rows(text)
        if len(cells) == 4
    }
    assert written == {
        topic: (cls.schema_version, list(cls.model_fields)) for topic, cls in EVENT_TYPES.classes.items()
    }


def test_the_glossary_has_each_term_once_with_a_meaning_and_what_users_see() -> None:
    rows = _rows((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    assert [cells for cells in rows if len(cells) != 3 or not all(cells) or not cells[1].endswith(".")] == []
    terms = [cells[0].lower() for cells in rows]
    assert sorted(set(terms)) == sorted(terms)


def test_every_folder_of_the_rooms_stands_in_the_architecture() -> None:
    text = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    folders = re.split(r"(?m)^\| folder \| holds \|$", text)[1].partition("\n\n")[0]
    named = {room: set[str]() for room in ("domain", "projections", "api")}
    for row in re.findall(r"(?m)^\| (`[^|]+) \|", folders):
        room, _, first = row.strip("`").partition("/")
        named[room] |= set(re.findall(r"\w+", first))
    for room, names in named.items():
        there = {path.name for path in (ROOT / room).iterdir() if path.is_dir() and path.name != "__pycache__"}
        assert there <= names
        assert names - there <= {"py"}
