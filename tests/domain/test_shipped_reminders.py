"""The rules that are shipped: each one can be published, its examples hold, and every due function is used by one."""

from importlib.resources import files

import pytest

from domain.automation.definition import AutomationRule
from domain.automation.effects import Notify
from domain.definitions.definition_file import check, read_definition_file
from domain.due.registry import DUE_FUNCTIONS
from domain.template.shipped_templates import ShippedTemplates

SHIPPED = {
    path.name.removesuffix(".toml"): path.read_text(encoding="utf-8")
    for path in files("domain.automation").joinpath("shipped").iterdir()
    if path.name.endswith(".toml")
}


def rule(name: str) -> AutomationRule:
    body = read_definition_file(SHIPPED[name]).body
    assert isinstance(body, AutomationRule)
    return body


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_examples_of_a_shipped_rule_hold(name: str) -> None:
    file = read_definition_file(SHIPPED[name])
    assert (file.kind.name, file.name) == ("automation", name)
    assert file.examples
    assert [result for result in check(file, SHIPPED[name]) if result.differences] == []


def test_every_due_function_has_a_shipped_rule() -> None:
    assert {at.due for name in SHIPPED if (at := rule(name).at) is not None} == set(DUE_FUNCTIONS)


def test_every_template_that_a_shipped_rule_names_is_shipped_for_that_purpose() -> None:
    for name in SHIPPED:
        for effect in rule(name).then:
            if isinstance(effect, Notify):
                assert ShippedTemplates()[effect.template].purpose == effect.purpose, (name, effect.template)
