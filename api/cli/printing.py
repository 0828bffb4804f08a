"""The output of the command line: tables for people, JSON for programs, progress bars."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal

from pydantic_core import to_jsonable_python
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.headings import heading, is_seconds, value_words
from api.terminal_text import escaped, escaped_json
from domain import readable
from domain.readable import Language, Quantity, duration, minute, share
from domain.zones import TimeZone
from projections.audit.words import word

BORDERS = 3
"""Letters beside each column."""

LONGEST_WORD = 15
"""Letters of a word that stay together in a narrow table: `periodic_update`, and each half of an instant."""

FOLDED_WORD = 10
"""The least width of a column whose words are longer, such as ids."""

FEW_FIGURES = 2
"""The most columns of figures in a table that is mostly words, which is not divided."""

WIDEST_SINGLE = 5
"""The most columns of a single row that stand side by side."""


_CONTINUED: Mapping[Language, str] = {"en": "continued", "vi": "tiếp"}

PIPED_WIDTH = 250
"""Letters of a line outside a terminal."""


def console(piped_width: int = PIPED_WIDTH) -> Console:
    """The console of answers; outside a terminal its lines are long, unless they are sentences."""
    return Console(width=None if sys.stdout.isatty() else piped_width, highlight=False, emoji=False, markup=False)


def show_json(answer: object) -> None:
    """The answer as one JSON document."""
    sys.stdout.write(escaped_json(json.dumps(to_jsonable_python(answer), ensure_ascii=False, indent=2)) + "\n")


def show_line(line: str) -> None:
    """One line of an answer."""
    sys.stdout.write(escaped(line) + "\n")


def show_table(
    title: str,
    rows: Sequence[Mapping[str, object]],
    nothing: str = "none",
    *,
    piped_width: int = PIPED_WIDTH,
    language: Language = "en",
) -> None:
    """Rows under the names of the first one's fields; a single long one from top to bottom, its names at the left."""
    title = escaped(title)
    if not rows:
        console().print(f"{title}: {nothing}")
        return
    turned = len(rows) == 1 and len(rows[0]) > WIDEST_SINGLE
    if turned:
        rows = [{"name": name.replace("_", " "), "value": shown(value)} for name, value in rows[0].items()]
    to = console(piped_width)
    for number, widths in enumerate(_side_by_side(rows, to.width)):
        to.print(f"{title}, {_CONTINUED[language]}" if number else title, style="bold")
        table = Table(show_header=not turned)
        for name, width in widths.items():
            justify: Literal["left", "right"] = "right" if _is_figure(rows[0][name]) else "left"
            whole = name == "id"  # it is copied
            header = escaped(name).replace("_", " ")
            table.add_column(header, justify=justify, overflow="fold", width=width, no_wrap=whole)
        for row in rows:
            table.add_row(*(shown(row[name]) for name in widths))
        to.print(table)


def _side_by_side(rows: Sequence[Mapping[str, object]], width: int) -> list[dict[str, int | None]]:
    """The columns of each table that fits into the width, with their widths; None: as the library chooses.

    A table of figures is divided where it is too wide; the words at its left stand in each part. A table that is mostly
    words is one.
    """
    names = list(rows[0])
    needed = {name: _needed(name, [row[name] for row in rows]) for name in names}
    if sum(_is_figure(rows[0][name]) for name in names) <= FEW_FIGURES:
        fits = _spare([least for least, _ in needed.values()], width) >= 0
        return [_widths(needed, width) if fits else dict.fromkeys(names)]
    subject = list(takewhile(lambda name: not _is_figure(rows[0][name]), names))
    tables = [list(subject)]
    for name in names[len(subject) :]:
        if len(tables[-1]) > len(subject) and _spare([needed[column][0] for column in (*tables[-1], name)], width) < 0:
            tables.append(list(subject))
        tables[-1].append(name)
    return [_widths({name: needed[name] for name in columns}, width) for columns in tables]


def _widths(needed: Mapping[str, tuple[int, int]], width: int) -> dict[str, int | None]:
    """The least width of each column, and an equal share of the room that is left, as far as the column lacks it."""
    spare = max(0, _spare([least for least, _ in needed.values()], width))
    more: dict[str, int] = {}
    by_lack = sorted(needed, key=lambda name: needed[name][1] - needed[name][0])
    for number, name in enumerate(by_lack):
        least, most = needed[name]
        more[name] = min(most - least, spare // (len(by_lack) - number))
        spare -= more[name]
    return {name: least + more[name] for name, (least, _) in needed.items()}


def _spare(widths: Sequence[int], width: int) -> int:
    return width - sum(widths) - BORDERS * len(widths) - 1


def _needed(name: str, values: Sequence[object]) -> tuple[int, int]:
    """The least width of a column, whose words and figures stay whole unless they are long, and that of one line."""
    title = escaped(name).replace("_", " ")
    texts = [(shown(value), _is_figure(value) or name == "id") for value in values]
    whole = [cell_len(text) for text, stays_whole in texts if stays_whole]
    words = [cell_len(word) for text, stays_whole in texts if not stays_whole for word in text.split()]
    folded = [length if length <= LONGEST_WORD else FOLDED_WORD for length in words]
    least = max([*map(cell_len, title.split()), *whole, *folded], default=1)
    return least, max([cell_len(title), *(cell_len(text) for text, _ in texts)])


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float | Quantity) and not isinstance(value, bool)


def show_lines(lines: Sequence[str], *, piped_width: int = PIPED_WIDTH) -> None:
    """Sentences that belong to the answer, each on a line."""
    for line in lines:
        console(piped_width).print(line, highlight=False, markup=False)


def say(sentence: str) -> None:
    """A remark on the error output; on a terminal its lines end between words."""
    error_output = Console(stderr=True, highlight=False, markup=False)
    error_output.print(escaped(sentence), soft_wrap=not error_output.is_terminal)


def say_whole(line: str) -> None:
    """A remark on the error output in one line, because it is copied: a terminal folds it without a line end."""
    sys.stderr.write(escaped(line) + "\n")


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


def local(instant: datetime | None, zone: TimeZone) -> datetime | None:
    """The local time without its offset, for a table with its zone in a sentence below."""
    return instant and instant.astimezone(zone).replace(tzinfo=None)


def flat(figures: object, zone: TimeZone, language: Language = "en") -> dict[str, object]:
    """The fields of a group of figures side by side; a share as its counts and per cent, seconds as a duration.

    Instants are local, and codes are words. The fields that `lines_under` shows under the table are left out.
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
            row[name] = minute(instant.astimezone(zone), language) if isinstance(instant, datetime) else value
    return {
        heading(name, language): _readable(name, value, language)
        for name, value in row.items()
        if not (name == "period" and value is None)
    }


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
    """Progress bars on the error output, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    error_output = Console(stderr=True)
    with Progress(*columns, console=error_output, disable=quiet or not error_output.is_terminal) as progress:
        yield Bars(progress)


class Bars:
    """One bar for each phase, in the order in which they begin."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, phase: str, done: int, total: int | None) -> None:
        """Moves the bar of a phase."""
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._tasks[phase], completed=done, total=total)
