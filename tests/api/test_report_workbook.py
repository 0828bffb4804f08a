"""An issued report as a workbook, whatever words were recorded."""

from datetime import date
from io import BytesIO
from typing import Any, get_args
from zipfile import ZipFile

import pytest

from api.exporting import optional_packages
from api.exporting.optional_packages import ExtraMissing
from api.report_pages.workbook import write_workbook
from domain.readable import Language
from tests.support.report_documents import HEADING, NASTY, issue, row, section


def cells_of(book: bytes) -> tuple[str, dict[str, list[list[Any]]]]:
    calamine = pytest.importorskip("python_calamine")
    with ZipFile(BytesIO(book)) as files:
        parts = "".join(files.read(name).decode() for name in files.namelist() if name.endswith((".xml", ".rels")))
    read_book = calamine.CalamineWorkbook.from_filelike(BytesIO(book))
    return parts, {name: read_book.get_sheet_by_name(name).to_python() for name in read_book.sheet_names}


@pytest.mark.parametrize("language", get_args(Language))
def test_a_workbook_holds_numbers_as_numbers_and_every_text_as_a_text(language: Language) -> None:
    pytest.importorskip("xlsxwriter")
    groups = section([row({"category": word}) for word in NASTY])
    file = BytesIO()
    write_workbook(issue(groups, groups, section([]), reason="=1+1"), language, file)
    parts, sheets = cells_of(file.getvalue())
    assert "<f>" not in parts
    assert "<hyperlink " not in parts
    about, *_ = sheets.values()
    assert ["=1+1"] in [line[1:2] for line in about]
    title = HEADING[language]
    assert list(sheets)[1:] == [title, f"{title} 2", f"{title} 3"]
    lines = sheets[title]
    assert [line[0].strip() for line in lines[3 : 3 + len(NASTY)]] == [
        word.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e").replace("\r", "\\x0d").strip() for word in NASTY
    ]
    assert lines[3][1:4] == [0.75, 3, 4]


@pytest.mark.parametrize(
    ("title", "sheet"),
    [("About", "About 2"), ("ABOUT", "ABOUT 2"), ("x" * 30 + "'y", "x" * 30), ("a\ufffeb", "a\ufffdb"), ("''", "-")],
)
def test_a_section_of_any_title_has_a_sheet(title: str, sheet: str) -> None:
    pytest.importorskip("xlsxwriter")
    file = BytesIO()
    rows = [row({"category": "\ufffe\uffff"})]
    write_workbook(issue(section(rows, title={"en": title, "vi": title}), reason="\ufffe"), "en", file)
    assert list(cells_of(file.getvalue())[1]) == ["About", sheet]


def test_a_workbook_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(optional_packages, "import_module", missing)
    with pytest.raises(ExtraMissing, match=r"pip install 'ticketledger\[export\]'"):
        write_workbook(issue(), "en", BytesIO())


def test_a_day_is_a_day_of_excel_and_what_the_section_tells_comes_first() -> None:
    pytest.importorskip("xlsxwriter")
    parts = {"change": -7, "entered": 15, "received": 14}
    days = [row({}, period="2026-03-02", value=-7, numerator=0, denominator=0, parts=parts)]
    file = BytesIO()
    write_workbook(issue(section(days, figure="flow", part="received", every="day", unit="count")), "vi", file)
    _, (_, *lines) = cells_of(file.getvalue())[1].values()
    assert lines[1][:4] == ["ngày", "tiếp nhận", "thay đổi", "vào tồn đọng"]
    assert lines[2][:4] == [date(2026, 3, 2), 14, -7, 15]
