"""A workbook that stands for gigabytes is refused by the memory that it needs, whatever its trick is."""

import zipfile
from pathlib import Path

import pytest

from api.importing.readers import excel_file, sheet_process
from api.importing.rows import UnreadableFile
from tests.support.importing.files import read
from tests.support.importing.workbooks import Cell, write_ods, write_xlsx

LONG = "x" * 1_000_000


@pytest.fixture
def with_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_file, "LEAST_MEMORY", 192 * excel_file.MEBIBYTE)


def rewritten(book: Path, old: bytes, new: bytes) -> Path:
    """The workbook with another text in the place of the last ``old`` of each of its parts."""
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, new.join(content.rsplit(old, 1)))
    return book


@pytest.mark.usefixtures("with_little_memory")
def test_one_long_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    book = write_ods(tmp_path / "a.ods", [["ticket"], [LONG]])
    assert read(book).cells == [[LONG]]
    rewritten(book, b"<table:table-row>", b'<table:table-row table:number-rows-repeated="300">')
    with pytest.raises(UnreadableFile, match="It needs more than 192 MiB to be read: delete the cells behind"):
        read(book)


@pytest.mark.usefixtures("with_little_memory")
def test_a_rectangle_of_empty_cells_is_refused_and_one_of_a_sheet_that_is_not_read_is_not_made(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Cell]]] = {f"S{number}": [["ticket"], ["1"]] for number in range(40)}
    for row, is_read in ((b"500", True), (b"30000", False)):
        book = write_xlsx(tmp_path / "far.xlsx", sheets)
        far = b'<row r="%b"><c r="ZZ%b"><v>1</v></c></row></sheetData>' % (row, row)
        rewritten(book, b"</sheetData>", far)
        if is_read:
            assert [cells[0] for cells in read(book).cells] == ["1", ""]
        else:
            with pytest.raises(UnreadableFile, match="It needs more than 192 MiB"):
                read(book)


def test_a_workbook_of_too_many_sheets_needs_the_name_of_one(tmp_path: Path) -> None:
    book = write_xlsx(
        tmp_path / "sheets.xlsx", {f"S{number}": [["ticket"]] for number in range(sheet_process.MOST_SHEETS + 1)}
    )
    with pytest.raises(UnreadableFile, match="It has more than 1,000 sheets: name that of the tickets"):
        read(book)
    assert read(book, sheet="S7").header == ["ticket"]


def test_a_reader_that_fails_for_another_reason_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_process, "__name__", "api.importing.readers.nothing")
    with pytest.raises(UnreadableFile, match="its reader failed: save it as CSV"):
        read(write_xlsx(tmp_path / "a.xlsx", {"A": [["ticket"]]}))
