"""The classes of pages and the rules of the style sheet are the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import api

ROOT = Path(api.__path__[0])
RULES = re.sub(
    r"/\*.*?\*/", "", (ROOT / "screen" / "assets" / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL
)
TEMPLATES = sorted((ROOT / "screen" / "templates").rglob("*.html"))
DRAWINGS = [
    *(ROOT / "charts").glob("*.py"),
    ROOT / "report_pages" / "html_page.py",
    ROOT / "screen" / "drawn_clocks.py",
]
SCRIPTS = (ROOT / "screen" / "assets").glob("*.js")
WITH_AN_ENDING = {
    *(f"said-{kind}" for kind in ("message", "reply", "note")),
    *(f"kind-{part}" for part in (1, 2, 3)),
    *(f"span-{kind}" for kind in ("counted", "over", "paused", "aside")),
}
"""Classes of which a template or a drawing writes the beginning, and a value the ending."""
COMPARED_WITH = frozenset(
    {
        "clean", "infected", "red", "amber", "green", "promoter", "detractor", "met", "running", "grace", "lapsed",
        "terminated", "verified", "asserted", "withdrawn", "resolved", "closed", "waiting",
        "added", "changed", "removed", "fired", "stopped", "on",
    }
)  # fmt: skip
"""Values by which templates choose a class."""
_VALUE = re.compile(r"\{[{%].*?[%}]\}")


def rules() -> set[str]:
    """The classes that have a rule."""
    selectors = [text for text in re.findall(r"([^{}]+)\{", RULES) if not text.strip().startswith("@")]
    return {name for text in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", text)}


def classes_of_templates() -> Iterator[str]:
    """The classes that templates write, whole or as a choice of a value."""
    for template in TEMPLATES:
        for written in re.findall(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', template.read_text(encoding="utf-8")):
            yield from _VALUE.sub(lambda value: " * " if value[0].startswith("{{") else " ", written).split()
            for value in _VALUE.findall(written):
                yield from (name for text in re.findall(r'"([a-z -]+)"', value) for name in text.split())


def test_each_class_of_a_template_has_a_rule() -> None:
    whole = {name for name in classes_of_templates() if re.fullmatch(r"[a-z][\w-]*[a-z0-9]", name)}
    assert whole - COMPARED_WITH - rules() == set()


def test_each_rule_is_of_a_class_that_something_writes() -> None:
    drawings, scripts = ("\n".join(path.read_text(encoding="utf-8") for path in files) for files in (DRAWINGS, SCRIPTS))
    drawn = re.findall(r"[\w-]+", drawings)
    scripted = re.findall(r'(?:classList\.add\(|className = )"([\w-]+)"', scripts)
    assert rules() - {*classes_of_templates(), *WITH_AN_ENDING, *drawn, *scripted} == set()


def test_what_several_pages_show_is_written_once() -> None:
    """That nothing is there, and the two instants that a form keeps."""
    for written in ('<p class="empty">{{ w("nothing") }}</p>', "visit.instants.items()"):
        assert [path.name for path in TEMPLATES if written in path.read_text(encoding="utf-8")] == ["parts.html"]
