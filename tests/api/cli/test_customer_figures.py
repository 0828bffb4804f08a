"""Figures of customers on the command line: a definition is published, answers are counted, facts are listed."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from domain.contract.commands import SignContract
from domain.customer.facts.commands import AnswerNps
from domain.ids import new_id
from tests.support.command_line import Run
from tests.support.told import LONG_AGO, march, told

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")
WAVE = """kind = "nps-wave"
name = "Q1"
[body]
opens = "2026-03-01T00:00:00Z"
closes = "2026-03-20T00:00:00Z"
"""


@pytest.fixture
def contract(database_url: str) -> Iterator[UUID]:
    """The contract of a customer who answered in time and once more after the wave."""
    with told(database_url) as desk:
        customer, contract = desk.customer(), new_id()
        terms = {"starts_on": "2026-01-01", "ends_on": "2026-03-31", "value": 120_000, "currency": "VND"}
        signed = {"number": "1", "customer_id": customer, "occurred_at": LONG_AGO} | terms
        desk.send(contract, SignContract.model_validate(signed))
        desk.send(customer, AnswerNps(score=9, wave="Q1", occurred_at=march(5)))
        desk.send(customer, AnswerNps(score=0, wave="Q1", occurred_at=march(21)))
        desk.follow()
        yield contract


def test_a_published_wave_counts_the_answers_in_time_at_any_instant(run: Run, contract: UUID, tmp_path: Path) -> None:  # noqa: ARG001 -- of a customer with answers
    (tmp_path / "wave.toml").write_text(WAVE, encoding="utf-8")
    words = ("--effective-from", "2026-01-01", "--reason", "decided")
    assert run("definition", "publish", "wave.toml", *words).code == 0
    (row,) = run("report", "nps-wave", *MARCH, "--by", "wave", "--json").json["rows"]
    assert (row["of"], row["value"], row["left_out"]["after_the_wave"]) == ({"wave": "Q1"}, 100.0, 1)
    before = run("report", "nps-wave", *MARCH, "--as-of", "2026-03-10T00:00:00", "--json").json["rows"]
    assert [(row["value"], row["provisional"], row["left_out"]["after_the_wave"]) for row in before] == [(100.0, 1, 0)]


def test_money_is_shown_with_its_currency_and_drilled_down_to_contracts(run: Run, contract: UUID) -> None:
    shown = run("report", "renewal-value", *MARCH)
    assert (shown.code, "VND" in shown.out) == (0, True)
    facts = run("report", "renewal-value", *MARCH, "--part", "due", "--json").json
    assert [(fact["subject"], fact["fact"]) for fact in facts["facts"]] == [(str(contract), "1")]
