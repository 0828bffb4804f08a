"""Worked examples in Vietnamese: the names of shipped ones, and where an answer differs from theirs."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from api.screen.words.example_differences import difference_in
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from domain.messages import Message
from domain.procedure.worked_example import ProcedureExample, StoryLine
from domain.sla.policy_file.policy_file import read_policy_file
from domain.sla.policy_file.worked_example import Expected
from domain.text_by_language import TitleByLanguage

GIVEN = frozenset({"name", "starts", "asked", "zone", "calendars", "story", "facts", "customer", "values", "today"})
"""What an example gives; all else may be an answer that it expects."""


def texts(package: str, folder: str) -> list[str]:
    return [file.read_text() for file in files(package).joinpath(folder).iterdir() if file.name.endswith(".toml")]


DEFINITIONS = [
    *(text for kind in ("automation", "procedure", "template") for text in texts("domain", f"{kind}/shipped")),
    *texts("api", "definitions"),
]
POLICIES = texts("api", "policies")


def shipped() -> Iterator[tuple[Any, Any]]:
    """Each shipped example, and what it is checked against."""
    for text in DEFINITIONS:
        written = read_definition_file(text)
        yield from ((example, written.body) for example in written.examples)
    for text in POLICIES:
        policy = read_policy_file(text)
        yield from ((example, policy.policy_history) for example in policy.examples)


def wrong(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float() | date():
            step: Any = timedelta(days=1) if isinstance(value, date) else 1
            return value + step
        case Expected():
            return value.model_copy(update={name: wrong(getattr(value, name)) for name in value.model_fields_set})
        case tuple():
            return tuple(map(wrong, value)) or ("other",)
        case dict():
            return {name: wrong(each) for name, each in value.items()}
        case _:
            return "other"


def differences() -> set[str]:
    """What is said of the shipped examples when one of their answers is wrong."""
    return {
        said
        for example, defined in shipped()
        for name in example.model_fields_set - GIVEN
        if isinstance(value := getattr(example, name), bool | int | float | str | date | tuple | dict)
        for said in differences_of(example.model_copy(update={name: wrong(value)}), defined)
    }


def differences_of(example: Any, defined: Message) -> list[str]:
    """None for an example that gives something that cannot be."""
    try:
        return list(example.differences(defined))
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def test_every_shipped_example_has_a_name_in_both_languages() -> None:
    names = [example.name for example, _ in shipped()]
    assert len(names) > 150
    assert [name for name in names if not isinstance(name, TitleByLanguage) or name.vi == name.en] == []


def test_where_an_answer_differs_from_a_shipped_example_is_said_in_vietnamese() -> None:
    said = differences()
    assert len(said) > 100
    assert [english for english in said if difference_in(english, "vi") is None] == []


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("the score is 59.0, not 60.0", "điểm là 59.0, không phải 60.0"),
        ("open-task: agent is nothing, not an", "open-task: agent là không có gì, không phải an"),
        ("event.score fails (5), not nothing", "điều kiện event.score không đạt (5), lẽ ra mọi điều kiện đều đạt"),
        ("overdue is investigate, not none", "overdue là investigate, không phải none"),
        ("call is due never, not 2026-03-05T09:00:00+07:00", "call không bao giờ đến hạn, không phải"),
        ("resolution is not promised, not met", "resolution không được cam kết, không phải met"),
        ("resolution 2 is met, not not promised", "resolution 2 là met, lẽ ra không được cam kết"),
        ("the last day is 2026-03-01, not none", "ngày cuối là 2026-03-01, lẽ ra không có"),
    ],
)
def test_a_difference_keeps_its_values(english: str, vietnamese: str) -> None:
    assert (difference_in(english, "en"), (difference_in(english, "vi") or "").startswith(vietnamese)) == (
        english,
        True,
    )


def test_a_line_of_a_story_that_a_rule_refuses_says_the_rule_in_vietnamese() -> None:
    written = read_definition_file(shipped_files("procedure")["complaint"])
    body: Any = written.body
    example = next(each for each in written.examples if isinstance(each, ProcedureExample) and each.story)
    unknown = StoryLine(at=example.story[-1].at, done="nothing-like-it")
    (said,) = example.model_copy(update={"story": (*example.story, unknown)}).differences(body)
    assert (difference_in(said, "vi") or "").startswith("bị từ chối: ")


def test_a_difference_of_another_package_has_its_own_words_alone() -> None:
    assert difference_in("the moon rises late", "vi") is None
