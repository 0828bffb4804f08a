"""A report names the formulas that made it, and says which of them have changed since."""

from typing import Any

import psycopg
import pytest

from domain.report_pack.built_in import BUILT_IN_PACKS
from projections.figures.registry import FIGURES
from projections.issued_reports.canonical import sha256
from projections.issued_reports.changes import changes_since
from projections.issued_reports.queries import Issue
from projections.issued_reports.verification import Verification, verify
from tests.support.issued_reports import AFTERWARDS, issued
from tests.support.told import Told

SATISFIED, RECEIVED = ('"satisfied":1', '"satisfied":2'), ('"received":1', '"received":4')


@pytest.fixture
def issue(desk: Told, connection: psycopg.Connection) -> Issue:
    return issued(desk, connection)


def counted_otherwise(issue: Issue, *other: tuple[str, str], **facts: Any) -> Issue:
    """The issue as if other formulas had made it."""
    figures = issue.facts.figures
    for now, then in other:
        assert now in figures
        figures = figures.replace(now, then)
    counted = {"figures": figures, "sha256": sha256(figures)} | facts
    return issue._replace(facts=issue.facts.model_copy(update=counted))


def test_an_issue_records_the_version_of_the_formula_of_each_figure_of_its_pack(issue: Issue) -> None:
    in_pack = {section.figure for section in BUILT_IN_PACKS["weekly"].sections}
    assert issue.facts.formulas == {name: FIGURES[name].version for name in in_pack}
    assert issue.facts.formulas["voice-of-customers"] == 2


def test_an_issue_that_records_no_formulas_is_made_again_with_the_same_bytes(
    connection: psycopg.Connection, issue: Issue
) -> None:
    assert verify(connection, "default", counted_otherwise(issue, formulas={})).equal


def test_a_formula_that_changed_explains_the_figures_that_it_makes_and_no_others(
    connection: psycopg.Connection, issue: Issue
) -> None:
    def made(*other: tuple[str, str], **formulas: int) -> Verification:
        recorded = issue.facts.formulas | formulas
        return verify(connection, "default", counted_otherwise(issue, *other, formulas=recorded))

    corrected = made(SATISFIED, csat=0)
    assert (corrected.cause, corrected.formulas) == ("other_version", [("csat", 0, 1)])
    assert (made(SATISFIED).cause, made(SATISFIED).formulas) == ("unexplained", [])
    assert (made(SATISFIED, flow=0).cause, made(SATISFIED, flow=0).formulas) == ("unexplained", [])
    assert made(('":', '": '), csat=0).cause == "unexplained", "other bytes with the same numbers"
    both = made(SATISFIED, RECEIVED, csat=0)
    assert (both.cause, both.formulas) == ("unexplained", [("csat", 0, 1)])


def test_what_changed_since_names_the_formulas_of_the_figures_that_differ(
    connection: psycopg.Connection, issue: Issue
) -> None:
    older = counted_otherwise(issue, SATISFIED, formulas=issue.facts.formulas | {"csat": 0, "flow": 0})
    since = changes_since(connection, "default", older, AFTERWARDS)
    assert (since.late.facts, since.versions.formulas) == ([], [("csat", 0, 1)])
    assert changes_since(connection, "default", issue, AFTERWARDS).versions.formulas == []


def test_an_issue_that_records_no_formulas_counts_as_made_by_the_first_ones(
    connection: psycopg.Connection, issue: Issue
) -> None:
    older = counted_otherwise(issue, ('"mean_before":0', '"mean_before":1'), formulas={})
    verification = verify(connection, "default", older)
    assert (verification.cause, verification.formulas) == ("other_version", [("voice-of-customers", 1, 2)])
