"""The output of the command line: tables for people, JSON for programs, progress bars."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from api.cli.table_columns import Cell, Whole, behind_hyphens, card_widths, fitting, is_figure, side_by_side
from api.headings import heading, is_seconds, value_words
from api.headings import nothing as nothing_in
from api.terminal_text import escaped, escaped_json
from domain import readable
from domain.readable import NOTHING, ByLanguage, Language, Quantity, day, duration, minute, second, share
from domain.zones import TimeZone
from projections.audit.words import word

WIDEST_SINGLE = 5
"""The most columns of a single row that stand side by side."""

_CONTINUED: ByLanguage = {"en": "continued", "vi": "tiếp"}

CONTINUED_BY = 4
"""How many letters further to the right a line of a timeline goes on."""

PIPED_WIDTH = 250
"""Letters of a line outside a terminal."""


def console(piped_width: int = PIPED_WIDTH) -> Console:
    """The console of answers; outside a terminal its lines are long, unless they are sentences."""
    return Console(width=None if sys.stdout.isatty() else piped_width, highlight=False, emoji=False, markup=False)


def show_json(answer: object) -> None:
    """The answer as one JSON document."""
    sys.stdout.write(escaped_json(json.dumps(to_jsonable_python(answer), ensure_ascii=False, indent=2)) + "\n")


def show_line(line: str) -> None:
    """One line of an answer, which is copied: a terminal folds it without a line end."""
    sys.stdout.write(escaped(line) + "\n")


def show_sentence(text: str) -> None:
    """Sentences of an answer; on a terminal their lines end between words."""
    to = console()
    to.print(escaped(text), soft_wrap=not to.is_terminal)


def show_timeline(text: str) -> None:
    """The lines of an answer; on a terminal what a line has too much goes on below it, further to the right."""
    to = console()
    for line in escaped(text).split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + CONTINUED_BY)
        folded = wrap(line, to.width, subsequent_indent=indent, break_on_hyphens=False) if to.is_terminal else [line]
        for part in folded or [""]:
            to.print(part, soft_wrap=True)


def show_table(
    title: str,
    rows: Sequence[Mapping[str, object]],
    nothing: str | None = None,
    *,
    piped_width: int = PIPED_WIDTH,
    language: Language = "en",
) -> None:
    """Rows under the names of the first one's fields.

    A single long one stands from top to bottom, its names at the left; so does each one where the width is too small.
    A name with Vietnamese words has them in Vietnamese. ``nothing`` stands in the place of an empty table.
    """
    title = escaped(title)
    if not rows:
        console().print(f"{title}: {escaped(nothing or nothing_in(language))}")
        return
    cells: Sequence[Mapping[str, Cell]] = [
        {escaped(heading(name, language)): _cell(value, language) for name, value in row.items()} for row in rows
    ]
    to = console(piped_width)
    turned = len(cells) == 1 and len(cells[0]) > WIDEST_SINGLE
    rows_of_table = fitting(cells, to.width)
    tables = [] if turned else side_by_side(rows_of_table, to.width)
    if not tables:
        to.print(title, style="bold")
        to.print(_cards(cells, to.width))
    for number, widths in enumerate(tables):
        to.print(f"{title}, {_CONTINUED[language]}" if number else title, style="bold")
        table = Table()
        for name, width in widths.items():
            justify: Literal["left", "right"] = "right" if is_figure(rows_of_table[0][name]) else "left"
            table.add_column(name, justify=justify, overflow="fold", width=width)
        for row in rows_of_table:
            table.add_row(*(behind_hyphens(row[name], width) for name, width in widths.items()))
        to.print(table)


def _cards(rows: Sequence[Mapping[str, Cell]], width: int) -> Table:
    """The fields of each row from top to bottom; of several rows without those that are empty."""
    cards = [
        [(name, str(cell)) for name, cell in row.items() if len(rows) == 1 or cell not in {"", NOTHING}] for row in rows
    ]
    table = Table(show_header=False)
    widths = card_widths(cards, width)
    for each in widths:
        table.add_column(overflow="fold", width=each)
    for card in cards:
        for pair in card:
            table.add_row(*(behind_hyphens(cell, each) for cell, each in zip(pair, widths, strict=True)))
        table.add_section()
    return table


def _cell(value: object, language: Language) -> Cell:
    """A value as a cell of a table: an id and a name as they are, a number as a quantity."""
    if isinstance(value, UUID):
        return value
    if isinstance(value, Whole):
        return Whole(escaped(value))
    is_number = isinstance(value, int | float | Quantity) and not isinstance(value, bool)
    return Quantity(shown(value, language)) if is_number else shown(value, language)


def show_lines(lines: Sequence[str], *, piped_width: int = PIPED_WIDTH) -> None:
    """Sentences that belong to the answer, each on a line."""
    for line in lines:
        console(piped_width).print(escaped(line))


def say(sentence: str) -> None:
    """A remark on the error output; on a terminal its lines end between words."""
    error_output = Console(stderr=True, highlight=False, markup=False)
    error_output.print(escaped(sentence), soft_wrap=not error_output.is_terminal)


def say_whole(line: str) -> None:
    """A remark on the error output in one line, because it is copied: a terminal folds it without a line end."""
    sys.stderr.write(escaped(line) + "\n")


def shown(value: object, language: Language = "en") -> str:
    """A value as people read it. A local time stands without its offset."""
    match value:
        case None:
            text = NOTHING
        case bool():
            text = word(value, language)
        case float() | int():
            text = readable.number(value, language)
        case datetime():
            text = second(value, language) if value.tzinfo is None else value.isoformat(" ", "seconds")
        case _:
            text = escaped(str(value))
    return text


def local(instant: datetime | None, zone: TimeZone) -> datetime | None:
    """The local time without its offset, for a table with its zone in a sentence below."""
    return instant and instant.astimezone(zone).replace(tzinfo=None)


def flat(figures: object, zone: TimeZone, language: Language = "en") -> dict[str, object]:
    """The fields of a group of figures side by side; a share as its counts and per cent, seconds as a duration.

    Instants are local, and codes are words. The fields that `lines_under_tables` shows under the table are left out.
    """
    fields: dict[str, Any] = to_jsonable_python(figures)
    fields = {name: value for name, value in fields.items() if name not in {"left_out", "unknown", "told_late"}}
    row: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict) and {"numerator", "denominator"} <= value.keys():
            row[name] = share(value["numerator"], value["denominator"], language)
        elif isinstance(value, dict):
            row |= {key if name == "of" else f"{name}_{key}": inner for key, inner in value.items()}
        else:
            instant = getattr(figures, name, None)
            row[name] = _when(name, instant.astimezone(zone), language) if isinstance(instant, datetime) else value
    return {
        heading(name, language): _readable(name, value, language)
        for name, value in row.items()
        if not (name == "period" and value is None)
    }


def _when(name: str, time: datetime, language: Language) -> str:
    """A local minute. A midnight stands for its day: as the beginning of whole days, or as the last of them."""
    if time.time() != datetime.min.time():
        return minute(time, language)
    return day(time - timedelta(days=1) if name == "end" else time, language)


def _readable(name: str, value: object, language: Language) -> object:
    if isinstance(value, bool):
        return word(value, language)
    if isinstance(value, str) and not isinstance(value, Quantity):
        return value_words(name, value, language)
    if isinstance(value, int | float):
        return duration(value, language) if is_seconds(name) else Quantity(readable.number(value, language))
    return value


@contextmanager
def bars(*, quiet: bool = False) -> Iterator["Bars"]:
    """Progress bars on the error output, on a terminal alone. What goes to a file or a pipe meanwhile stays there."""
    columns = (TextColumn("{task.description}"), MovingBar(), CountColumn(), TimeElapsedColumn())
    error_output = Console(stderr=True)
    with Progress(
        *columns,
        console=error_output,
        redirect_stdout=sys.stdout.isatty(),
        disable=quiet or not error_output.is_terminal,
    ) as progress:
        shown = Bars(progress)
        yield shown
        shown.end()


class MovingBar(BarColumn):
    """A bar that moves to and fro before the first step, which may take seconds."""

    def render(self, task: Task) -> ProgressBar:
        """The bar of a phase."""
        bar = super().render(task)
        bar.pulse = bar.pulse or not (task.completed or task.finished)
        return bar


class CountColumn(MofNCompleteColumn):
    """How much is done, and of how much where that is known."""

    def render(self, task: Task) -> Text:
        """The numbers of a phase."""
        return Text(str(int(task.completed))) if task.total is None else super().render(task)


class Bars:
    """One bar for each phase, in the order in which they begin."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._last: tuple[str, int] | None = None

    def show(self, phase: str, done: int, total: int | None) -> None:
        """Moves the bar of a phase."""
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._tasks[phase], completed=done, total=total)

    def show_next(self, phase: str, done: int) -> None:
        """Moves the bar of a phase whose total nobody knows before its end, which is the beginning of the next one."""
        if self._last is not None and self._last[0] != phase:
            self.end()
        self._last = phase, done
        self.show(phase, done, None)

    def end(self) -> None:
        """Ends the last phase of ``show_next``."""
        if self._last is not None:
            phase, done = self._last
            self.show(phase, done, done)

    def counter(self, phase: str, total: int) -> Callable[[int], None]:
        """Moves the bar of a phase by each number that it is given; more than ``total`` raises the total."""
        done = 0

        def add(number: int) -> None:
            nonlocal done
            done += number
            self.show(phase, done, max(done, total))

        return add
