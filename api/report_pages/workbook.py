"""An issued report as an Excel workbook: a sheet about the report, then a sheet for each section."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple

from api.exporting.optional_packages import extra_package
from api.exporting.workbook import unformatted, without_controls
from api.headings import heading, is_seconds, reason_words
from api.report_pages.section_table import dimensions, part_names, section_table
from api.report_pages.words import foot, head, title_of, word
from api.terminal_text import escaped
from domain.readable import ByLanguage, Language, Number
from projections.issued_reports.pack_figures import Document
from projections.issued_reports.queries import Issue

_DAY = 86_400
_DAYS: ByLanguage = MappingProxyType({"en": "yyyy-mm-dd", "vi": "dd/mm/yyyy"})
"""How a day is shown."""
_NAME_LENGTH = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_FORMATS = {
    "share": "0.0%",
    "seconds": "[h]:mm:ss",
    "points": "0.0",
    "money": "#,##0",
    "count": "#,##0",
    "ratio": "0.00",
}


def write_workbook(issue: Issue, language: Language, file: Path | BinaryIO) -> None:
    """Writes the workbook. Numbers are numbers, every text is a text and never a formula. Raises ExtraMissing."""
    document = issue.document
    book = extra_package("xlsxwriter").Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    title = title_of(issue, document, language)
    book.set_properties({"title": title, "created": issue.issued_at.replace(tzinfo=None)})
    names: set[str] = set()
    about = book.add_worksheet(_sheet_name(word("about", language), names))
    _about(book, about, title, [*head(issue, language), *foot(issue, document, language)], issue, language)
    for section in document["sections"]:
        sheet = _Sheet(book, section, _sheet_name(section["title"][language], names), language)
        sheet.write(document["year_begins"])
    book.close()


def _about(
    book: Any, sheet: Any, title: str, lines: Sequence[tuple[str, str]], issue: Issue, language: Language
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, _text(title), bold)
    if not issue.facts.complete:
        sheet.write_string(1, 0, word("incomplete", language))
    for row, (name, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, _text(text))


class _Column(NamedTuple):
    """A column of numbers: a field of the row, or ``name`` in a field that holds several."""

    heading: str
    unit: str
    field: str
    name: str | None = None

    def of(self, row: Document) -> Number | None:
        """Its number in a row."""
        value = row[self.field]
        number: Number | None = value if self.name is None else value.get(self.name)
        return number


class _Sheet:
    """The sheet of a section."""

    def __init__(self, book: Any, section: Document, name: str, language: Language) -> None:
        self._section = section
        self._language = language
        self._sheet = book.add_worksheet(name)
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": _DAYS[language], "align": "left"})
        self._formats = {unit: book.add_format({"num_format": format_}) for unit, format_ in _FORMATS.items()}

    def write(self, year_begins: int) -> None:
        """The title, the headings, the rows and the notes."""
        section, sheet, language = self._section, self._sheet, self._language
        table = section_table(section, language, year_begins)
        sheet.write_string(0, 0, _text(table.title), self._bold)
        about = len(dimensions(section)) + (section["every"] is not None)
        columns = self._columns()
        headings = [*table.headings[:about], *(column.heading for column in columns)]
        for column, text in enumerate(headings):
            sheet.write_string(2, column, _text(text), self._bold)
        sheet.set_column(0, max(len(headings) - 1, 0), 16)
        sheet.freeze_panes(3, about)
        for at, (row, cells) in enumerate(zip(section["rows"], table.rows, strict=True), start=3):
            for column, cell in enumerate(cells[:about]):
                sheet.write_string(at, column, _text(cell.text))
            if section["every"] == "day":
                sheet.write_datetime(at, 0, date.fromisoformat(str(row["period"])), self._day)
            for column, number in enumerate(columns, start=about):
                self._number(at, column, number.of(row), number.unit)
        last = 3 + len(section["rows"])
        for at, note in enumerate(table.notes, start=last + 1):
            sheet.write_string(at, 0, _text(note))

    def _columns(self) -> list[_Column]:
        """The columns of numbers, the value of the section first. Reasons that no row has are left out."""
        section, language = self._section, self._language
        rows = section["rows"]
        reasons = dict.fromkeys(reason for row in rows for reason, left in row["left_out"].items() if left)
        parts = sorted(part_names(section), key=lambda name: name != section["part"])
        return [
            *([] if section["part"] else [_Column(heading("value", language), section["unit"], "value")]),
            *(
                _Column(
                    heading(name, language), "seconds" if is_seconds(name, section["unit"]) else "count", "parts", name
                )
                for name in parts
            ),
            *(_Column(heading(name, language), "count", name) for name in ("final", "provisional")),
            *(_Column(reason_words(reason, language), "count", "left_out", reason) for reason in reasons),
        ]

    def _number(self, at: int, column: int, value: Number | None, unit: str) -> None:
        if value is not None:
            self._sheet.write_number(at, column, value / _DAY if unit == "seconds" else value, self._formats[unit])


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes, and that no other sheet has."""
    plain = _NOT_IN_NAMES.sub(" ", without_controls(escaped(title))).strip("' ") or "-"
    endings = chain([""], (f" {number}" for number in count(2)))
    names = (plain[: _NAME_LENGTH - len(ending)].rstrip("' ") + ending for ending in endings)
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _text(text: str) -> str:
    """The text as a cell may hold it."""
    return unformatted(without_controls(escaped(text)))
