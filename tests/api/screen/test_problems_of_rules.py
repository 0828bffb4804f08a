"""Every sentence in which a rule of a definition, policy or calendar says what is wrong has one in Vietnamese."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import domain
from api.screen.words.problems_of_rules import PROBLEMS_OF_RULES
from api.screen.words.problems_of_texts import reason_in
from domain.errors import Reason

DOMAIN = Path(domain.__file__).parent
RAISING = frozenset({"ValueError", "wrong_at"})
"""What says that a text is wrong; its last argument is the sentence."""
OF_TEXTS = (
    "automation",
    "contact_rules",
    "customer_figures",
    "definitions",
    "due",
    "health",
    "procedure",
    "report_pack",
    "routing",
    "segment",
    "sla",
    "template",
    "workforce",
    "predicate.py",
    "tenant_settings.py",
)
"""Where texts of definitions, policies and calendars are judged."""
FOR_CODE = frozenset(
    {
        "the end {} is before the start {}",
        "the duration is negative ({} microseconds): give the time that is to elapse",
        "{} has no time zone: give an aware datetime, such as one in UTC",
    }
)
"""Said to a caller in Python, never of a text."""
MADE_OF_OTHERS = frozenset({"{}: {}", "{} is no topic that rules react to{} docs/reference/events.md lists the topics"})


def sentence(node: ast.expr) -> str | None:
    """The text of a constant or of an f-string, with {} for each value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(map(str, parts))
    return None


def said_in(room: Path) -> Iterator[str | None]:
    for file in [room] if room.is_file() else sorted(room.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING and node.args:
                yield sentence(node.args[-1])


SAID = sorted({text for name in OF_TEXTS for text in said_in(DOMAIN / name) if text} - FOR_CODE - MADE_OF_OTHERS)


@pytest.mark.parametrize("english", SAID)
def test_what_a_rule_says_of_a_text_is_said_in_vietnamese(english: str) -> None:
    translated = reason_in(Reason(english.replace("{}", "<X>"), "value_error"), "vi")
    assert translated is not None
    assert translated.count("<X>") == english.count("{}")


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("first: write a day, such as 2026-03-02", "first: viết một ngày, ví dụ 2026-03-02"),
        (
            "'a.b' is no topic that rules react to: did you mean a.c? docs/reference/events.md lists the topics",
            "'a.b' không phải sự kiện mà quy tắc phản ứng: ý bạn là a.c? docs/reference/events.md liệt kê các sự kiện",
        ),
        (
            "'nix' is no topic that rules react to: docs/reference/events.md lists the topics",
            "'nix' không phải sự kiện mà quy tắc phản ứng: docs/reference/events.md liệt kê các sự kiện",
        ),
    ],
)
def test_a_sentence_made_of_others_is_said_in_vietnamese_too(english: str, vietnamese: str) -> None:
    assert reason_in(Reason(english, "value_error"), "vi") == vietnamese


@pytest.mark.parametrize(
    "english",
    [
        "the moon is not full",
        "the moon needs a day",
        "the moon takes no day",
        "the moon is not a star: look again",
    ],
)
def test_a_sentence_of_a_plug_in_has_only_its_own_words(english: str) -> None:
    assert reason_in(Reason(english, "value_error"), "vi") is None


@pytest.mark.parametrize("english", PROBLEMS_OF_RULES)
def test_no_sentence_is_so_short_that_it_fits_almost_any(english: str) -> None:
    assert len(english.replace("{}", "").split()) >= 4


@pytest.mark.parametrize(("english", "vietnamese"), PROBLEMS_OF_RULES.items())
def test_both_sentences_hold_the_same_values(english: str, vietnamese: str) -> None:
    values = [name for _, name, _, _ in Formatter().parse(vietnamese) if name is not None]
    assert len(values) == english.replace("{{}}", "{}").count("{}")
