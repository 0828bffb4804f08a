"""Workbooks of a kilobyte whose tags and records stand for gigabytes are refused before they take them."""

import struct
import zipfile
from pathlib import Path

import pytest

from api.importing.readers import xlsb_extent
from api.importing.rows import UnreadableFile
from tests.support.importing.files import read

NAMES = "office table text"
NAMESPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMES.split())
TEXT = 'office:value-type="string"><text:p>x</text:p></table:table-cell>'


def ods(file: Path, columns: int, repeated_rows: int, sheets: int = 1, before: int = 1) -> Path:
    """Each sheet has a header and a row with a repeated cell, behind empty cells; both are repeated."""
    cells = f'<table:table-cell table:number-columns-repeated="{columns}" {TEXT}'
    empty = f'<table:table-cell table:number-columns-repeated="{before}"/>'
    far = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    row = f'<table:table-row table:number-rows-repeated="{repeated_rows}">{empty}{cells}</table:table-row>'
    head = f"<table:table-row><table:table-cell {TEXT}</table:table-row>"
    tables = "".join(f'<table:table table:name="S{n}">{head}{row}{far}</table:table>' for n in range(sheets))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"<office:document-content {NAMESPACES}>{body}</office:document-content>")
    return file


def record(kind: int, content: bytes = b"") -> bytes:
    begins = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return begins + bytes([len(content) & 0x7F | 0x80, len(content) >> 7]) + content


def text(of: str) -> bytes:
    return struct.pack("<I", len(of)) + of.encode("utf-16-le")


def xlsb(file: Path, *cells: tuple[int, int]) -> Path:
    """A workbook with these rows and columns, each a text."""
    rows = [
        record(0, struct.pack("<I", row) + bytes(13)) + record(6, struct.pack("<II", column, 0) + text("id"))
        for row, column in cells
    ]
    begins = record(0x81) + record(0x94, struct.pack("<IIII", 0, 1, 0, 1)) + record(0x91)
    sheets = record(0x8F) + record(0x9C, struct.pack("<II", 0, 1) + text("r") + text("S")) + record(0x90)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.bin", record(0x83) + sheets + record(0x84))
        related = '<Relationships><Relationship Id="r" Target="worksheets/sheet1.bin"/></Relationships>'
        archive.writestr("xl/_rels/workbook.bin.rels", related)
        archive.writestr("xl/worksheets/sheet1.bin", begins + b"".join(rows) + record(0x92) + record(0x82))
    return file


def test_repeated_cells_of_an_ods_are_read(tmp_path: Path) -> None:
    assert read(ods(tmp_path / "a.ods", 2, 3)).cells == [["", "x", "x"]] * 3


@pytest.mark.parametrize(
    ("columns", "repeated_rows", "sheets", "before", "expected"),
    [
        (16_384, 1_048_576, 1, 1, "reach over more than 100,000,000 cells"),
        (1, 1_000_000, 2, 60, "reach over more than 100,000,000 cells"),
        (40, 1_000_000, 1, 1, "repeats filled cells more than 10,000,000 times"),
        (6, 1_000_000, 2, 1, "repeats filled cells more than 10,000,000 times"),
    ],
)
def test_an_ods_whose_tags_repeat_too_much_is_refused(
    tmp_path: Path, columns: int, repeated_rows: int, sheets: int, before: int, expected: str
) -> None:
    with pytest.raises(UnreadableFile, match=expected):
        read(ods(tmp_path / "a.ods", columns, repeated_rows, sheets, before))


def test_an_ods_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("content.xml", "<a></b>")
    with pytest.raises(UnreadableFile, match="a damaged workbook: save it again"):
        read(tmp_path / "a.ods")


@pytest.mark.parametrize("piece", [10, 11, 64, 2**20])
def test_a_cell_of_an_xlsb_that_stands_far_from_the_others_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(xlsb_extent, "_PIECE", piece)
    assert read(xlsb(tmp_path / "near.xlsb", (0, 0), (1, 2))).cells == [["", "", "id"]]
    far = xlsb(tmp_path / "far.xlsb", (0, 0), (2**20 - 1, 2**14 - 1), (2**20, 0))
    with pytest.raises(UnreadableFile, match=r"reaches to the column XFD and the row 1,048,577: delete the cells"):
        read(far)
