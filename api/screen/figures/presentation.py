"""Answers of figures as pages show them: tables whose numbers are links, charts, and sentences."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from api.charts.bars import bar_chart
from api.charts.lines import line_chart
from api.charts.scale import ticks_of
from api.charts.stacked import Stack, stacked_chart
from api.charts.svg import Mark
from api.headings import heading
from api.report_pages.section_table import SectionTable, section_table
from api.screen.figures.question import AnsweredQuestion, FigureQuestion
from api.screen.visit import Visit
from domain.readable import NOTHING, Language, Number, day, number, share
from projections.figures.figure import FigureRow, Of
from projections.issued_reports.pack_figures import Document
from projections.scope.named_periods import period_of
from projections.scope.periods import Every


class ShownCell(NamedTuple):
    """A number or a word; ``address``: what is behind it."""

    text: str
    address: str | None = None
    is_number: bool = True

    @property
    def value_and_counts(self) -> tuple[str, str]:
        """A number, and the counts in brackets behind a share."""
        value, bracket, counts = self.text.partition(" (") if self.is_number else (self.text, "", "")
        return value, bracket.strip() + counts


class ShownTable(NamedTuple):
    """``numbers``: which columns hold numbers."""

    headings: Sequence[str]
    numbers: Sequence[bool]
    rows: Sequence[Sequence[ShownCell]]
    notes: Sequence[str]


class ShownChart(NamedTuple):
    """A chart, what it says in a sentence, and its numbers."""

    svg: Markup
    summary: str
    table: ShownTable


def the_cell(answered: AnsweredQuestion, part: str | None = None) -> ShownCell:
    """The value of an answer with one row, or a part of it, with the address of what is behind it."""
    ((cell, *_),) = shown_table(answered, part=part).rows
    return cell if cell.address else ShownCell(answered.visit.w("figures.nothing_yet"))


def count_cell(visit: Visit, count: int, address: str) -> ShownCell:
    """A count with the address of what is behind it."""
    return ShownCell(number(count, visit.language), address)


def share_cell(visit: Visit, question: FigureQuestion, part: str, numerator: Number, denominator: Number) -> ShownCell:
    """A share with both counts, with the address of what is behind a part; a word where there is no whole."""
    if not denominator:
        return ShownCell(visit.w("figures.nothing_yet"))
    return ShownCell(share(numerator, denominator, visit.language), question.address(visit, part))


def part_cell(answered: AnsweredQuestion, row: FigureRow, part: str) -> ShownCell:
    """A count of one row, with the address of what is behind it."""
    value = row.parts[part]
    if value is None:
        return ShownCell(NOTHING)
    return ShownCell(number(value, answered.visit.language), answered.behind(row).address(answered.visit, part))


def shown_table(answered: AnsweredQuestion, *, part: str | None = None) -> ShownTable:
    """Every row with its value, or with a part alone."""
    return _shown_table(answered, _section_table(answered, part))


def _shown_table(answered: AnsweredQuestion, table: SectionTable) -> ShownTable:
    rows = []
    for row, cells in zip(answered.answer.rows, table.rows, strict=True):
        behind = answered.behind(row)
        rows.append(
            [
                ShownCell(
                    cell.text,
                    behind.address(answered.visit, name) if name and cell.value is not None else None,
                    bool(name),
                )
                for cell, name in zip(cells, table.parts, strict=True)
            ]
        )
    return ShownTable(_headings(answered, table), [name is not None for name in table.parts], rows, table.notes)


def _headings(answered: AnsweredQuestion, table: SectionTable) -> list[str]:
    """The headings with a capital letter. A value that is a part has the words of the part."""
    value = answered.question.figure.value
    words = [
        heading(name, answered.visit.language) if isinstance(value, Of) and name == value.part else text
        for text, name in zip(table.headings, table.parts, strict=True)
    ]
    return [text[:1].upper() + text[1:] for text in words]


def trend(answered: AnsweredQuestion, summary: str, *, part: str | None = None) -> ShownChart:
    """A line of shares, or bars of anything else, one for each period of the answer; the summary names gaps.

    Nothing is drawn where a chart is blank.
    """
    table = _section_table(answered, part)
    column = table.parts.index(next(filter(None, table.parts)))
    marks = [
        Mark(_label(answered, row), _number(cells[column].value), cells[column].text)
        for row, cells in zip(answered.answer.rows, table.rows, strict=True)
    ]
    gaps = [mark.value is None for mark in marks]
    if any(gaps) and not all(gaps):
        summary = f"{summary} {answered.visit.w('figures.gaps')}"
    title = f"{table.title}: {summary}"
    svg = ""
    if answered.answer.unit == "share" and not all(gaps):
        svg = line_chart(title, marks, whole=table.whole, ticks=table.ticks)
    elif any(mark.value for mark in marks):
        svg = bar_chart(title, marks, in_time=True, ticks=table.ticks)
    return ShownChart(Markup(svg), summary, _shown_table(answered, table))  # noqa: S704 -- escaped


def stacks(answered: AnsweredQuestion, summary: str, *, parts: Sequence[str], name: str) -> ShownChart:
    """A column for each period of the answer, made of some of its parts. ``name`` is unique in its page."""
    language = answered.visit.language
    names = [heading(part, language) for part in parts]
    columns = []
    for row in answered.answer.rows:
        values = [row.parts[part] or 0 for part in parts]
        counts = ", ".join(f"{words} {number(value, language)}" for words, value in zip(names, values, strict=True))
        columns.append(Stack(_label(answered, row), values, f"{_label(answered, row)}: {counts}"))
    title = f"{getattr(answered.question.figure.title, language)}: {summary}"
    ticks = ticks_of([sum(column.values) for column in columns], lambda value: number(value, language), "counts")
    svg = stacked_chart(title, columns, names, name=name, ticks=ticks)
    return ShownChart(Markup(svg), summary, shown_table(answered))  # noqa: S704 -- escaped


def bars(answered: AnsweredQuestion, summary: str, *, part: str | None = None) -> ShownChart:
    """A lying bar for each group of the answer."""
    table = _section_table(answered, part)
    svg = bar_chart(f"{table.title}: {summary}", table.bars, in_time=False, whole=table.whole)
    return ShownChart(Markup(svg), summary, _shown_table(answered, table))  # noqa: S704 -- escaped


def _label(answered: AnsweredQuestion, row: FigureRow) -> str:
    return period_label(row.period or answered.days[0], answered.question.every or "day", answered.visit.language)


def period_label(first: date, every: Every, language: Language) -> str:
    """The short name of a period below a chart; days and weeks are named by their first day."""
    match every:
        case "day" | "week":
            return f"{first.day}/{first.month}" if language == "vi" else f"{first.day} {first:%b}"
        case "month":
            return f"{first.month}/{first.year}" if language == "vi" else f"{first:%b %Y}"
        case "quarter" | "year":
            return "/".join(reversed(period_of(first, every).name.split("-")))


def period_words(answered: AnsweredQuestion) -> str:
    """The days of an answer in words."""
    first, last = (day(each, answered.visit.language) for each in answered.days)
    return first if first == last else f"{first} - {last}"


def _section_table(answered: AnsweredQuestion, part: str | None) -> SectionTable:
    question = answered.question
    section: Document = {
        "title": question.figure.title._asdict(),
        "figure": question.figure.name,
        "part": part,
        "by": list(question.by),
        "every": question.every,
        "unit": question.figure.unit,
        "rows": [row._asdict() for row in answered.answer.rows],
    }
    return section_table(section, answered.visit.language, answered.visit.settings.year_begins, of_report=False)


def _number(value: str | Number | None) -> Number | None:
    return None if isinstance(value, str) else value
