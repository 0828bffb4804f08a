"""Templates of notifications: what they take, and the text that they give."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.kinds import TEMPLATE
from domain.definitions.shipped import shipped_files
from domain.template.definition import Template
from domain.template.placeholders import PLACEHOLDERS
from domain.template.rendering import MissingValues, rendered
from domain.template.worked_example import TemplateExample

SHIPPED = sorted(file.name for file in (files("domain.template") / "shipped").iterdir())


def template(subject: str = "Tin {ticket_reference}", body: str = "Chào {customer_name}") -> Template:
    text = {"subject": subject, "body": body}
    return Template.model_validate({"purpose": "service", "vi": text, "en": text})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_template_holds_its_examples_and_names_the_same_values_in_both_languages(name: str) -> None:
    text = (files("domain.template") / "shipped" / name).read_text(encoding="utf-8")
    file = read_definition_file(text)
    assert (file.kind, f"{file.name}.toml") == (TEMPLATE, name)
    assert [result.differences for result in check(file, text)] == [[]]
    assert isinstance(file.body, Template)
    assert file.body.placeholders("vi") == file.body.placeholders("en")
    assert TEMPLATE.built_in_named(file.name) == file.body


def test_every_shipped_template_is_named_by_a_shipped_rule_or_procedure() -> None:
    texts = [text for kind in ("automation", "procedure") for text in shipped_files(kind).values()]
    named = {name for text in texts for name in re.findall(r'\btemplate = "([^"]+)"', text)}
    assert [name for name in SHIPPED if name.removesuffix(".toml") not in named] == []


def test_every_placeholder_is_named_by_a_shipped_template_or_says_what_it_is_for() -> None:
    assert all(PLACEHOLDERS.values())
    assert list(PLACEHOLDERS) == sorted(PLACEHOLDERS)


@pytest.mark.parametrize(
    "wrong",
    [{"body": "{nobody}"}, {"body": "a { b"}, {"body": "{customer_name"}, {"body": "{{agent}}"}, {"subject": "a\nb"}],
)
def test_a_text_with_anything_but_known_placeholders_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        template(**wrong)


def test_values_stand_in_the_places_of_their_placeholders_and_are_not_read_again() -> None:
    text = rendered(template(), "vi", {"customer_name": "{agent}", "ticket_reference": "T-1"})
    assert text == ("Tin T-1", "Chào {agent}")


@pytest.mark.parametrize("value", ["T-1\r\nBcc: all@example.vn", "T-1\n", "T-1\x0b2", "T-1\u2028x", "T-1\x00"])
def test_a_value_cannot_break_the_line_of_the_subject(value: str) -> None:
    subject = rendered(template(), "vi", {"customer_name": "Lan", "ticket_reference": value}).subject
    assert subject == " ".join(subject.split())
    assert subject.isprintable()


def test_the_hash_tells_one_text_from_another() -> None:
    hashes = {
        rendered(template(body=body), "vi", {"customer_name": name, "ticket_reference": "T-1"}).text_hash
        for body in ("Chào {customer_name}", "Kính gửi {customer_name}")
        for name in ("Lan", "Minh")
    }
    assert len(hashes) == 4


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(MissingValues, match="customer_name, ticket_reference"):
        rendered(template(), "vi", {})
    example = TemplateExample(name="without values", language="vi")
    assert example.differences(template()) == ["no value is given for customer_name, ticket_reference"]


def test_an_example_says_where_the_text_differs() -> None:
    data = {"customer_name": "Lan", "ticket_reference": "T-1"}
    example = TemplateExample(name="other words", language="vi", data=data, subject="Tin T-1", body="Xin chào")
    assert example.differences(template()) == ["the body is 'Chào Lan', not 'Xin chào'"]


def notices(part: Any) -> Iterator[dict[str, Any]]:
    """The parts of a rule or a procedure that name a template."""
    if isinstance(part, dict):
        if "template" in part:
            yield part
        for inner in part.values():
            yield from notices(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from notices(inner)


FOLDERS = [files(f"domain.{room}") / "shipped" for room in ("automation", "procedure")]
NOTICES = [
    (file.name, notice)
    for folder in FOLDERS
    for file in folder.iterdir()
    for notice in notices(tomllib.loads(file.read_text(encoding="utf-8"))["body"])
]


@pytest.mark.parametrize(("file", "notice"), NOTICES)
def test_every_shipped_rule_and_procedure_names_a_shipped_template_of_its_purpose(
    file: str, notice: dict[str, Any]
) -> None:
    template = TEMPLATE.built_in_named(notice["template"])
    assert template is not None, file
    assert template.purpose == notice.get("purpose", "service"), file
