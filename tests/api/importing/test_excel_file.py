"""Workbooks come in as text: dates in ISO, numbers as they are, rows by their number in the sheet."""

import signal
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing import rows
from api.importing.file_format import FileFormat
from api.importing.readers import workbook_extent
from api.importing.readers.table import opened_table
from api.importing.rows import UnreadableFile
from tests.support.examples import examples
from tests.support.importing.files import read
from tests.support.importing.workbooks import (
    DATE,
    DATE_AND_TIME,
    HOURS,
    TIME,
    Cell,
    old_xls,
    serial,
    write_ods,
    write_xlsx,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.xlsx"


def test_every_kind_of_cell_is_text_as_the_sheet_shows_it(file: Path) -> None:
    at = serial(datetime(2026, 3, 2, 8, 5, 30))  # noqa: DTZ001 -- a spreadsheet knows no zone
    rows: list[list[Cell]] = [
        ["kind", "value"],
        ["text", " 007 "],
        ["integer", 42],
        ["negative", -7.0],
        ["fraction", 0.1 + 0.2],
        ["large", 1e15],
        ["true", True],
        ["date", (int(at), DATE)],
        ["date and time", (at, DATE_AND_TIME)],
        ["time", (0.5 + 1 / 1440, TIME)],
        ["hours", (1.5, HOURS)],
        ["nothing", None],
    ]
    table = read(write_xlsx(file, {"Phiếu": rows}))
    assert dict(table.cells) == {
        "text": " 007 ",
        "integer": "42",
        "negative": "-7",
        "fraction": "0.3",
        "large": "1e+15",
        "true": "TRUE",
        "date": "2026-03-02",
        "date and time": "2026-03-02T08:05:30",
        "time": "12:01:00",
        "hours": "36:00:00",
        "nothing": "",
    }
    assert table.read_as == "Excel sheet 'Phiếu'"


def test_merged_cells_are_those_of_the_sheet_where_its_first_columns_are_empty(file: Path) -> None:
    rows: list[list[Cell]] = [
        [],
        [None, "ticket", "status"],
        [None, "T1", "open"],
        [None, None, "closed"],
        [None, "T2", "open"],
    ]
    table = read(write_xlsx(file, {"S": rows}, merged=("A3:A5", "A3:B4")))
    assert table.cells == [["T1", "open"], ["T1", "closed"], ["T2", "open"]]


def test_a_row_has_its_number_in_the_sheet_and_its_text_as_csv(file: Path) -> None:
    table = read(write_xlsx(file, {"A": [[], ["id", "note"], [], ["1", 'a, "b"'], [None, None], ["2", "x"]]}))
    assert [(row.line, row.text) for row in table.rows] == [(4, '1,"a, ""b"""'), (6, "2,x")]


def test_rows_above_the_header_are_skipped(file: Path) -> None:
    table = read(write_xlsx(file, {"A": [["Tickets of March"], [], ["id", "note"], ["1", "x"]]}), skip_lines=1)
    assert (table.header, table.cells) == (["id", "note"], [["1", "x"]])


def test_the_first_visible_sheet_with_rows_is_read_unless_another_is_named(file: Path) -> None:
    sheets = {"Hidden": [["no"]], "Empty": [], "Tickets": [["id"], ["1"]], "Notes": [["note"], ["x"]]}
    write_xlsx(file, sheets, hidden=["Hidden"])
    table = read(file)
    assert table.header == ["id"]
    assert table.read_as.startswith("Excel sheet 'Tickets' (`sheet` in the mapping names another: 'Hidden', ")
    assert read(file, sheet="Notes").header == ["note"]
    with pytest.raises(UnreadableFile, match=r"has no sheet 'Note', .*; it has: 'Hidden', 'Empty', 'Tickets', 'Notes'"):
        read(file, sheet="Note")


def test_workbooks_of_libreoffice_and_of_excel_97_are_read(tmp_path: Path) -> None:
    assert read(write_ods(tmp_path / "a.ods", [["id", "note"], ["1", "ệ"]])).cells == [["1", "ệ"]]
    table = read(tmp_path / "a.xls", old_xls())
    assert (table.header, table.cells) == (["ticket", "status", "time"], [["101", "New", "2026-03-02T08:05:00"]])


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600])
def test_a_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"(begins like a zip archive|is a damaged workbook)"):
        read(tmp_path / "a.xls", content)


def test_a_workbook_without_rows_is_refused(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="Its sheet 'A' has no header row"):
        read(write_xlsx(file, {"A": []}))


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.text("ab 1,<&\u1ec7", max_size=5), st.integers(-(10**14), 10**14)), min_size=1, max_size=5
    )
)
def test_any_texts_and_integers_are_read_back_as_they_were(file: Path, rows: list[tuple[str, int]]) -> None:
    table = read(write_xlsx(file, {"A": [["a", "b"], *rows]}))
    assert table.cells == [[text, str(number)] for text, number in rows]


@pytest.mark.parametrize(
    ("cell", "reaches"),
    [
        ("XFD1048576", "the column XFD and the row 1,048,576"),
        ("ZZZZZZZ1", "the column ZZZZZZZ and the row 1"),
        ("A99999999999", "the column Z and the row 99,999,999,999"),
    ],
)
def test_a_cell_that_stands_far_from_the_others_is_named_before_its_rectangle_is_made(
    file: Path, cell: str, reaches: str
) -> None:
    write_xlsx(file, {"A": [["ticket"], ["1"]], "B": [["note"]]})
    assert read(file).rows
    with zipfile.ZipFile(file, "a") as archive:
        filler = " " * (workbook_extent._PIECE - 50)  # the cell lies in two pieces
        archive.writestr(
            "xl/worksheets/sheet3.xml",
            f"<worksheet><c r='Z1'><v>1</v></c>{filler}<row><c s='1' r='{cell}'><v>1</v></c></row></worksheet>",
        )
    with pytest.raises(UnreadableFile, match=f"{reaches}: delete the cells behind the last ticket"):
        read(file)


def test_a_cell_without_a_value_that_stands_far_from_the_others_changes_nothing(file: Path) -> None:
    """Programs of spreadsheets write such cells where someone chose a colour."""
    write_xlsx(file, {"A": [["ticket"], ["1"]]})
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    far = b"<row r='6200'><c r='XFD6200' s='1'/></row><row r='1048576' s='1'/></sheetData>"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"</sheetData>", far))
    assert read(file).cells == [["1"]]


def test_a_text_that_looks_like_a_cell_is_none(file: Path) -> None:
    assert read(write_xlsx(file, {"A": [["ticket"], ['<c r="XFD1048576">']]})).rows


def test_a_sheet_with_too_many_columns_is_refused_before_its_cells_are_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_COLUMNS", 2)
    with pytest.raises(UnreadableFile, match="It has 3 columns, at most 2 are read"):
        read(write_xlsx(file, {"A": [["a", "b", "c"]]}))


def test_the_process_that_reads_a_sheet_ends_with_the_table_however_much_is_left_to_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            readers.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    with opened_table(write_xlsx(file, {"A": [["a"], *[["x" * 1_000]] * 1_000]}), FileFormat()) as table:
        assert table.header == ["a"]
        assert [reader.poll() for reader in readers] == [None]
    assert [reader.returncode for reader in readers] == [-signal.SIGKILL]
