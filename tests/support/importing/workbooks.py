"""Small workbooks, made by hand: what a spreadsheet would save."""

import base64
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE, DATE_AND_TIME, TIME, HOURS = 1, 2, 3, 4
"""Styles of a number: how a spreadsheet shows it."""
_FORMATS = (0, 14, 22, 20, 46)  # the built-in number formats of these styles

Cell = str | int | float | bool | None | tuple[float, int]
"""A tuple is a number and its style."""


def serial(at: datetime) -> float:
    """An instant as a spreadsheet counts: days since the end of 1899."""
    return (at - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001 -- a spreadsheet knows no zone


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    hidden: Sequence[str] = (),
    merged: Sequence[str] = (),
) -> Path:
    """Sheets by name; an empty row is not written at all. ``merged`` are ranges of cells of each sheet: B3:B4."""
    merges = f"<mergeCells>{''.join(f'<mergeCell ref={cells!r}/>' for cells in merged)}</mergeCells>" if merged else ""
    numbers = {name: number for number, name in enumerate(sheets, 1)}
    states = {name: ' state="hidden"' if name in hidden else "" for name in sheets}
    entries = "".join(
        f'<sheet name="{name}" sheetId="{number}"{states[name]} r:id="r{number}"/>' for name, number in numbers.items()
    )
    targets = "".join(
        f'<Relationship Id="r{number}" Type="{_REL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers.values()
    )
    styles = f'<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/>'
    formats = "".join(f'<xf numFmtId="{code}" applyNumberFormat="1"/>' for code in _FORMATS)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" Type="{_REL}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{entries}</sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}{styles}</Relationships>',
        )
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{_MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>')
        for name, rows in sheets.items():
            written = "".join(_row(number, row) for number, row in enumerate(rows, 1) if row)
            archive.writestr(
                f"xl/worksheets/sheet{numbers[name]}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData>{merges}</worksheet>',
            )
    return path


def write_ods(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """One sheet of texts, as LibreOffice writes it."""
    written = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="Phiếu">{written}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return path


def old_xls() -> bytes:
    """A workbook of Excel 97: ticket, status, time; 101, New, 2026-03-02 08:05."""
    return zlib.decompress(base64.b85decode(_OLD_XLS))


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(f"{chr(65 + column)}{number}", cell) for column, cell in enumerate(row) if cell is not None)
    return f'<row r="{number}">{cells}</row>'


def _cell(name: str, cell: Cell) -> str:
    match cell:
        case str():
            text = f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
            return f'<c r="{name}" t="inlineStr">{text}</c>'
        case bool():
            return f'<c r="{name}" t="b"><v>{int(cell)}</v></c>'
        case (number, style):
            return f'<c r="{name}" s="{style}"><v>{number!r}</v></c>'
        case _:
            return f'<c r="{name}"><v>{cell!r}</v></c>'


_OLD_XLS = (
    "c-rk)O=uHA6#izDG(WUy5)+|OLMYg3Z4cr_gm$A;+e<?9;tztRZNL~!HBAvcXtd@i2!fz^Db$0PsuzDyP*3$BRP-PSLZaZslc3<C"
    "&HCnLSJH^sfEFtAg?aPln|V7gGxKJ4_SL+<Jbf=*K?4S0L)CDjrH&Jn+*ZK{sy7U&TDgmop|GmpcF{z(IPkdbrBlwKobL)W+_gU^"
    "34EY*2q%#k&!wX)h@I?1N=P62NebK~#)}U2D!_7-<r<cExaAX;F=j5a?5DP6aS-!*qGy}AiuY@sT<3*+?gO@Y$IKRl@ItQQ^H)Tz"
    "tphvqnbh%BRuQqcVg@v!L+M;PFUuj^k|BG5&=-&Q4Gu<!hquS$Wdv!;XYkF40$;7zeil{y%JKrle_zTwf5W?IDjWH$njI*@IKrV)"
    "qD3FJ%NmDB;wUnB8kxibx*<t>EzAp<(QLXv%0wYmn4GXn=0w^CB+{ona;N8=!M9{*Xyb@!B{_z6*8LneK5}Z|_LtZ3k)(c@nIfMC"
    "wKHRbbPfhCNDDIda*f84`a=)vn^|7ur><i?%rZ!en)0q>$W(SuahpqA+eQ6sWxUb5>-3GJmp<=#7%6?!H<3O&R5=@*eXCESlg_X)"
    "vX{Rp^om|_<GREn-O7czzr1JJ@ylN0(tM`xhIufyV-X%!{VZ!GIXdEJNi)YvT8jqjbDD=aKdy;dd%@OnbZj(Uf-D1=JGFl9Sn*SA"
    "KnvhL4_~bAboM|&K|w)5K|w)5;ZG3eo4C!q7&y!~eW&?dXOU7>eJ1&Du@~d?E6{av7jl&6ai*#DvzD%y*0aPiZLIHw68ot4JhB*J"
    "KeA1)U%IJ@`v0?RL*L&Ep=SH9Hsj|%?*9iBpVv("
)
