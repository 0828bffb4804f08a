"""Sections of reports, and single figures, as tables of the terminal."""

from collections.abc import Mapping, Sequence

from api.cli.printing import show_lines, show_table
from api.report_pages.section_table import Cell, SectionTable
from domain.readable import Language, Quantity


def show_section(table: SectionTable, language: Language) -> None:
    """The table and the notes below it; the notes alone where nothing was counted."""
    if table.is_empty:
        show_table(table.title, [], " ".join(table.notes))
        return
    show_table(table.title, [_row(table, row) for row in table.rows], language=language)
    show_lines(table.notes)


def _row(table: SectionTable, row: Sequence[Cell]) -> Mapping[str, object]:
    texts = [Quantity(cell.text) if cell.is_number else cell.text for cell in row]
    return dict(zip(table.headings, texts, strict=True))
