"""What figures answer over a fixed log.

Another answer needs another version, and then is recorded; and behind each number as many facts are listed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from projections.figures.figure import CountedFacts, Figure, count
from projections.figures.registry import FIGURES
from projections.tickets.table import TICKETS
from tests.support import golden_figures
from tests.support.examples import THOROUGH
from tests.support.golden_figures import Answered, answered, fill, record, recorded
from tests.support.listed_facts import Listed, each_group, each_part, one_group

RAISE, RECORD = "raise its version", "are not recorded"
CSAT, VOICE = FIGURES["csat"], FIGURES["voice-of-customers"]


@pytest.fixture(scope="module")
def connection(shared_database_url: str) -> Iterator[psycopg.Connection]:
    fill(shared_database_url)
    with psycopg.connect(shared_database_url, autocommit=True) as opened:
        yield opened


def counted(figure: Figure) -> CountedFacts:
    assert isinstance(figure.reading, CountedFacts)
    return figure.reading


def test_every_figure_answers_what_is_recorded_for_its_version(connection: psycopg.Connection) -> None:
    before = recorded()
    assert [answered(connection, figure).problem(before) for figure in FIGURES.values()] == [None] * len(FIGURES)
    assert before.keys() == FIGURES.keys()


def test_another_formula_without_another_version_is_a_problem(connection: psycopg.Connection) -> None:
    neutral = (count("satisfied", "score >= 3"), *counted(CSAT).parts[1:])
    changed = replace(CSAT, reading=replace(counted(CSAT), parts=neutral))
    other_projection = replace(TICKETS, version=TICKETS.version + 1)
    read = tuple(other_projection if each is TICKETS else each for each in CSAT.projections)

    def problem(figure: Figure) -> str:
        return answered(connection, figure).problem(recorded()) or ""

    assert problem(changed).endswith(RAISE)
    assert RECORD in problem(replace(changed, version=CSAT.version + 1))
    assert RECORD in problem(replace(changed, projections=read)), "the rows may be others"
    assert problem(replace(CSAT, projections=read)) == "", "no answer is another"
    assert RECORD in problem(replace(CSAT, version=CSAT.version + 1))
    assert RECORD in problem(replace(CSAT, name="new"))


def test_a_formula_that_differs_by_one_dimension_alone_is_a_problem(connection: psycopg.Connection) -> None:
    """Version 1 of the voice of customers counted earlier feedback by the tier of the period's beginning."""
    of_the_period = replace(VOICE, reading=replace(counted(VOICE), happened="at"))
    now, before = answered(connection, VOICE), answered(connection, of_the_period)
    assert now.answers.splitlines()[:-1] == before.answers.splitlines()[:-1]
    assert (before.problem(recorded()) or "").endswith(RAISE)


def test_the_command_records_a_new_version_and_refuses_another_answer_of_a_recorded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(golden_figures, "ANSWERS", tmp_path / "answers.txt")
    assert record([Answered("csat version 1 reads x", "1"), Answered("flow version 1 reads x", "[]\n2")]) == 0
    written = recorded()
    assert written == {"csat": ("csat version 1 reads x", "1"), "flow": ("flow version 1 reads x", "[]\n2")}
    assert record([Answered("csat version 1 reads x", "3"), written["flow"]]) == 1
    assert "csat: its formula" in capsys.readouterr().err
    assert recorded() == written
    assert record([Answered("csat version 2 reads x", "3"), written["flow"]]) == 0
    assert recorded()["csat"].answers == "3"


def test_a_list_holds_as_many_facts_as_its_part_counts(connection: psycopg.Connection) -> None:
    """Each part of the whole, and one of a group by every third dimension in turn; THOROUGH: each of all groups."""
    compared: list[Listed] = []
    for number, figure in enumerate(FIGURES.values()):
        compared += each_part(connection, figure)
        for turn, dimension in enumerate(figure.dimensions, start=number):
            if THOROUGH:
                compared += each_group(connection, figure, dimension)
            elif turn % 3 == 0:
                compared += one_group(connection, figure, dimension, turn)
    assert [each for each in compared if each.counted != each.listed] == []
    assert sum(each.counted > 1 for each in compared) > 100
