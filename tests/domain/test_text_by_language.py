"""Definitions say what they are for in the language of their reader, and those of before read as before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.automation.definition import AutomationRule
from domain.definitions.definition_file import read_definition_file
from domain.definitions.kind import DefinitionVersion
from domain.definitions.kinds import AUTOMATION
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.text_by_language import in_language
from domain.toml_file import FileRefused

BOTH = {"vi": "Nâng độ ưu tiên", "en": "Raises the priority"}
RULE: dict[str, Any] = {"on": ["ticket.received"], "then": [{"do": "escalate", "to": "lead", "reason": "vip"}]}
SHIPPED = [(kind, name, text) for kind in kinds_shipped() for name, text in shipped_files(kind).items()]


@pytest.mark.parametrize(("kind", "name", "text"), [pytest.param(*each, id=each[1]) for each in SHIPPED])
def test_whatever_is_shipped_says_in_each_language_what_it_does(kind: str, name: str, text: str) -> None:
    body: Any = read_definition_file(text).body
    vietnamese, english = in_language(body.description, "vi"), in_language(body.description, "en")
    assert vietnamese
    assert english not in {None, vietnamese}
    assert any(letter in vietnamese.casefold() for letter in "ăâđêôơưạảấầậắằếềệọốồộớờợụứừựáàãéèíìóòúùý"), (kind, name)


@pytest.mark.parametrize("written", [BOTH, "Raises the priority", None])
def test_a_description_is_recorded_as_it_is_written_and_reads_as_it_was_recorded(written: object) -> None:
    body = AutomationRule.model_validate(RULE | {"description": written})
    recorded = body.model_dump(mode="json")
    assert recorded["description"] == written
    version = DefinitionVersion(1, datetime(2026, 3, 2, tzinfo=UTC), recorded)
    for text in (body.description, recorded["description"], AUTOMATION.read(version).description):
        both = written if isinstance(written, dict) else {"vi": written, "en": written}
        assert {language: in_language(text, language) for language in ("vi", "en")} == both


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3", "body, description: write a text"),
        ('{ vi = "Nâng độ ưu tiên" }', "body, description, en: this field is required"),
        ('{ vi = "Nâng", en = "Raises", fr = "Monte" }', "body, description, fr: there is no such field"),
    ],
)
def test_a_description_in_one_of_both_languages_is_refused_at_its_line(written: str, said: str) -> None:
    members = 'members = { field = "tier", value = "x" }'
    text = f'kind = "segment"\nname = "A"\n[body]\ndescription = {written}\n{members}\n'
    with pytest.raises(FileRefused) as refused:
        read_definition_file(text)
    assert str(refused.value) == f"line 4: {said}"
