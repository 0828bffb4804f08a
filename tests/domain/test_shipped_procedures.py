"""The worked examples of procedures, and the procedures that are shipped."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.command_handling.procedure_subject import subject_inputs
from domain.contract.events import ContractSigned
from domain.contract.state import Contract
from domain.contract.state import evolve as evolve_contract
from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.kinds import TEMPLATE
from domain.procedure.worked_example import OF_SUBJECT
from tests.support.events import CUSTOMER, TICKET
from tests.support.procedures import (
    SHIPPED,
    TWO_STEPS,
    Desk,
    local,
)


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.publish("two", TWO_STEPS)
    return made


MONDAY = local("2026-03-02")
FILES = sorted(SHIPPED.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_of_a_shipped_procedure_holds(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = read_definition_file(text)
    assert written.examples
    assert [result for result in check(written, text) if result.differences] == []
    assert written.name == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_procedure_names_shipped_templates_of_its_purpose(path: Path) -> None:
    body: Any = read_definition_file(path.read_text(encoding="utf-8")).body
    for step in body.steps:
        if step.notice is not None:
            assert TEMPLATE.shipped[step.notice.template].purpose == step.notice.purpose


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_notice_of_a_shipped_procedure_is_sent_in_an_example(path: Path) -> None:
    written = read_definition_file(path.read_text(encoding="utf-8"))
    body: Any = written.body
    examples: Any = written.examples
    assert {template for example in examples for template in example.sent or ()} == set(body.templates)


def test_an_example_gives_no_placeholder_that_the_program_does_not_give(desk: Desk) -> None:
    ticket, contract = desk.states[TICKET].state, Contract()
    signed = ContractSigned(
        customer_id=CUSTOMER, number="HD-1", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), value=9,
        currency="VND",
    )  # fmt: skip
    assert OF_SUBJECT["ticket"] == subject_inputs(ticket, TICKET).data.keys() - {"agent"}
    assert OF_SUBJECT["contract"] == subject_inputs(evolve_contract(contract, signed, MONDAY), TICKET).data.keys()
    assert OF_SUBJECT["customer"] == subject_inputs(desk.states[CUSTOMER].state, CUSTOMER).data.keys()


def test_an_example_sends_no_notice_without_the_value_of_a_placeholder() -> None:
    text = (SHIPPED / "after-sale.toml").read_text(encoding="utf-8").replace('items = [{ name = "CRM" }], ', "")
    (wrong,) = [result for result in check(read_definition_file(text), text) if result.differences]
    assert "sent is none, not guide, satisfaction, technical-help" in wrong.differences
    assert "guide is open: nobody is to get guide, or a placeholder of it has no value" in wrong.differences


def test_an_example_that_expects_something_else_does_not_hold() -> None:
    text = (SHIPPED / "complaint.toml").read_text(encoding="utf-8").replace('overdue = ["investigate"]', "overdue = []")
    (wrong,) = [result for result in check(read_definition_file(text), text) if result.differences]
    assert wrong.differences == ["overdue is investigate, not none"]
