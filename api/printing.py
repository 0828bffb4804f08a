"""What the command line shows: tables for people, JSON for programs, bars for whoever waits."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.terminal_text import escaped, escaped_json

WIDEST_SINGLE = 5
"""Columns of a single row that still stand side by side."""


def console() -> Console:
    """Where answers go. Beyond a terminal nothing is cut to fit."""
    return Console(width=None if sys.stdout.isatty() else 250, highlight=False, emoji=False, markup=False)


def show_json(answer: object) -> None:
    """The answer as one JSON document."""
    sys.stdout.write(escaped_json(json.dumps(to_jsonable_python(answer), ensure_ascii=False, indent=2)) + "\n")


def show_line(line: str) -> None:
    """One line of an answer."""
    sys.stdout.write(escaped(line) + "\n")


def show_table(title: str, rows: Sequence[Mapping[str, object]], nothing: str = "none") -> None:
    """Rows under the names of the first one's fields; a single long one from top to bottom."""
    title = escaped(title)
    if not rows:
        console().print(f"{title}: {nothing}")
        return
    if len(rows) == 1 and len(rows[0]) > WIDEST_SINGLE:
        rows = [{"figure": name.replace("_", " "), "value": shown(value)} for name, value in rows[0].items()]
    table = Table(title=title, title_justify="left", title_style="bold")
    for name, value in rows[0].items():
        right = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(escaped(name).replace("_", " "), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row.values()))
    console().print(table)


def show_lines(lines: Sequence[str]) -> None:
    """Sentences that belong to the answer, each on a line."""
    for line in lines:
        console().print(line, highlight=False, markup=False)


def say(sentence: str) -> None:
    """A remark beside the answer."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(escaped(sentence))


def shown(value: object) -> str:
    """A value as people read it."""
    match value:
        case None:
            text = "-"
        case bool():
            text = "yes" if value else "no"
        case float():
            text = f"{value:,.2f}"
        case int():
            text = f"{value:,}"
        case datetime():
            text = value.isoformat(" ", "seconds")
        case _:
            text = escaped(str(value))
    return text


def flat(figures: object) -> dict[str, object]:
    """The fields of a group of figures side by side; a share as its counts and per cent.

    What is told in lines under the table (`lines_under`) is no column.
    """
    fields: dict[str, Any] = to_jsonable_python(figures)
    fields = {name: value for name, value in fields.items() if name not in {"left_out", "unknown", "told_late"}}
    row: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict) and {"numerator", "denominator"} <= value.keys():
            row[name] = share(value["numerator"], value["denominator"])
        elif isinstance(value, dict):
            row |= {key if name == "of" else f"{name}_{key}": inner for key, inner in value.items()}
        else:
            row[name] = value
    return {name: value for name, value in row.items() if not (name == "period" and value is None)}


def share(numerator: int, denominator: int) -> str:
    """A part of a whole, as people read it."""
    return f"{100 * numerator / denominator:.1f} % ({numerator} of {denominator})" if denominator else "- (0 of 0)"


@contextmanager
def bars(*, quiet: bool = False) -> Iterator["Bars"]:
    """Progress bars on the error output, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    error_output = Console(stderr=True)
    with Progress(*columns, console=error_output, disable=quiet or not error_output.is_terminal) as progress:
        yield Bars(progress)


class Bars:
    """One bar for each phase, in the order in which they are first heard of."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, phase: str, done: int, total: int | None) -> None:
        """How far a phase has come."""
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._tasks[phase], completed=done, total=total)
