"""What each figure answers of a fixed log, kept in a file: a formula that answers otherwise needs another version.

`python -m tests.support.golden_figures` records. It refuses when a figure answers otherwise and neither its version nor
that of a projection that it reads did rise. The log is one of drawn facts; nothing is ever added to it.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

from api.database import database
from api.migrations import migrate
from domain.event_log import reader
from domain.event_types import register_event_types
from domain.zones import zone_named
from projections.figures.answer import answer
from projections.figures.figure import Figure, FigureRow
from projections.figures.registry import FIGURES
from projections.issued_reports.canonical import canonical_json, sha256
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.run_databases import reachable_folder

FOLDER = Path(__file__).parents[1] / "projections" / "figures" / "golden"
LOG, ANSWERS = FOLDER / "log.jsonl", FOLDER / "answers.txt"
TENANT, SCHEMA = "default", "tenant_default"


class Answered(NamedTuple):
    """A figure's answers. ``heading`` has its version and those of the projections that it reads."""

    heading: str
    answers: str

    def text(self) -> str:
        return f"{self.heading}\n{self.answers}"

    def problem(self, recorded: Mapping[str, "Answered"]) -> str | None:
        """What is wrong with the version or with the file; None when the figure answers what is recorded."""
        name, (version, _, _) = self.heading.partition(" ")[0], self.heading.partition(" reads ")
        before = recorded.get(name)
        if before is not None and before.answers == self.answers and before.heading.startswith(f"{version} reads "):
            return None  # rows of another version of a projection need not be recorded where no answer is another
        if before is not None and before.heading == self.heading:
            return f"{name}: its formula gives something else than that version gave: raise its version"
        return f"{name}: its answers are not recorded: run `python -m tests.support.golden_figures`"


def fill(dsn: str) -> None:
    """Puts the recorded log into an empty one, and folds it."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
        columns = ("position", "stream", "version", "topic", "recorded_at", "state")
        with cursor.copy(f"copy {SCHEMA}.events ({', '.join(columns)}) from stdin") as copy:
            for row in rows:
                copy.write_row([*(row[name] for name in columns[:-1]), json.dumps(row["state"], ensure_ascii=False)])
        cursor.execute(f"update {SCHEMA}.log_head set position = %s, recorded_at = now()", [len(rows)])
    catch_up(dsn, TENANT)


def answered(connection: psycopg.Connection, figure: Figure) -> Answered:
    """By month, row by row, and by month and all of its dimensions at once, as a digest."""
    groups = _by_month(connection, figure, [name for name in figure.dimensions if name not in figure.always_by])
    lines = [_line(row) for row in _by_month(connection, figure)]
    lines.append(f"{len(groups)} groups {sha256(canonical_json(sorted(_line(row) for row in groups)))}")
    read = ", ".join(sorted(each.definition for each in figure.projections))
    return Answered(f"{figure.name} version {figure.version} reads {read}", "\n".join(lines))


def _by_month(connection: psycopg.Connection, figure: Figure, by: Sequence[str] = ()) -> list[FigureRow]:
    at_present = figure.judged == "at the present instant"
    first, last = (None, None) if at_present else (drawn.FIRST, drawn.LAST)
    position = reader.head(connection, TENANT)
    query = FigureQuery(
        connection,
        SCHEMA,
        drawn.NOW,
        Period(first, last, zone_named(drawn.ZONES[0]), drawn.YEAR_BEGINS),
        None if at_present else "month",
        tuple(by),
        tenant=TENANT,
        definitions=reader.definitions(connection, TENANT, position),
    )
    return list(answer(figure, query, position).rows)


def _line(row: FigureRow) -> str:
    """The row without parts that have no number."""
    counts = {name: number for name, number in (row.parts | row.left_out).items() if number is not None}
    return canonical_json([row.period, row.of, row.value, row.final, row.provisional, counts])


def recorded() -> dict[str, Answered]:
    """The file, by figure."""
    if not ANSWERS.exists():
        return {}
    sections = ANSWERS.read_text(encoding="utf-8").strip().split("\n\n")
    split = [section.partition("\n") for section in sections]
    return {heading.partition(" ")[0]: Answered(heading, answers) for heading, _, answers in split}


def every_figure(dsn: str) -> list[Answered]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [answered(connection, figure) for figure in FIGURES.values()]


def record(all_answered: Sequence[Answered]) -> int:
    """Writes the file; the exit code is 1 when a version must rise first."""
    before = recorded()
    problems = [problem for each in all_answered if (problem := each.problem(before))]
    unraised = [f"{problem}\n" for problem in problems if problem.endswith("raise its version")]
    if unraised:
        sys.stderr.writelines(unraised)
        return 1
    ANSWERS.write_text("\n\n".join(each.text() for each in all_answered) + "\n", encoding="utf-8")
    return 0


def _of_a_new_database() -> list[Answered]:
    folder = reachable_folder("ticketledger-figures-")
    try:
        with database(folder / "data") as dsn:
            migrate(dsn)
            fill(dsn)
            return every_figure(dsn)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    register_event_types()
    sys.exit(record(_of_a_new_database()))
