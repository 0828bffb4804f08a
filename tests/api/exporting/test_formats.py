"""The files of an export as other programs read them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
from python_calamine import load_workbook

from api.exporting import workbook
from api.exporting.exported_table import ExportedTable
from api.exporting.tables import tables_of
from api.exporting.workbook import CUT, LONGEST_TEXT, Workbook
from domain.customer.commands import ChangeCustomerDetails, MergeCustomer, RegisterCustomer
from domain.customer.facts.commands import AnswerNps
from domain.ids import new_id
from domain.zones import zone_named
from projections.engine.table import Column, SqlType
from projections.figures.registry import FIGURES
from tests.support.exported_desk import AWKWARD
from tests.support.exported_files import cells_of, exported_to, lines_of, manifest_beside, parquet_rows
from tests.support.told import LONG_AGO, Told, march, told

HANOI = zone_named("Asia/Ho_Chi_Minh")


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as made:
        yield made


@pytest.mark.usefixtures("exported_template")
def test_every_format_of_every_table_holds_the_same_rows(desk: Told, tmp_path: Path) -> None:
    lines = exported_to(desk.dsn, tmp_path / "lines", "everything", "jsonl")
    cells = exported_to(desk.dsn, tmp_path / "cells", "everything", "csv")
    parquet = exported_to(desk.dsn, tmp_path / "parquet", "everything", "parquet")
    book = load_workbook(exported_to(desk.dsn, tmp_path / "book.xlsx", "everything", "xlsx"))
    filled = 0
    for table in tables_of("everything", incremental=False):
        names = [column.name for column in table.columns]
        rows = lines_of(lines / f"{table.name}.jsonl")
        filled += bool(rows)
        assert [list(row) for row in rows] == [names] * len(rows)
        in_parquet = parquet_rows(parquet / f"{table.name}.parquet")
        assert [_plain(row) for row in in_parquet] == [_plain(row) for row in rows], table.name
        assert [list(row) for row in cells_of(cells / f"{table.name}.csv")] == [names] * len(rows)
        sheet = book.get_sheet_by_name(table.name).to_python()
        assert [re.sub(r" \(UTC\)$", "", str(header)) for header in sheet[0]] == names
        assert len(sheet) == 1 + len(rows)
    assert filled >= 12


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """The values as JSON has them, instants in UTC, JSON as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        if isinstance(value, list):
            return [part if isinstance(part, dict) else str(part) for part in value]
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
            return datetime.fromisoformat(value)
        if isinstance(value, str) and value[:1] in "{[":
            return json.loads(value)
        return value if value is None or isinstance(value, bool | int | float | dict) else str(value)

    return {name: plain(value) for name, value in row.items()}


@pytest.mark.usefixtures("exported_template")
def test_parquet_has_the_types_of_the_declared_columns(desk: Told, tmp_path: Path) -> None:
    folder = exported_to(desk.dsn, tmp_path / "parquet", "everything", "parquet")
    types = {
        "uuid": "UUID", "text": "VARCHAR", "json": "JSON", "integer": "INTEGER", "bigint": "BIGINT",
        "double precision": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "timestamptz": "TIMESTAMP WITH TIME ZONE",
        "uuid[]": "VARCHAR[]", "text[]": "VARCHAR[]", "date[]": "DATE[]",
    }  # fmt: skip
    seen = set()
    with duckdb.connect() as connection:
        for table in tables_of("everything", incremental=False):
            described = connection.execute(f"describe select * from '{folder}/{table.name}.parquet'").fetchall()
            assert [kind for _, kind, *_ in described] == [types[column.type.name] for column in table.columns]
            seen |= {column.type.name for column in table.columns}
        serviced = connection.execute(f"select serviced_on from '{folder}/purchases.parquet'").fetchall()
    assert serviced == [([date(2026, 3, 7)],)]
    assert seen == set(types)


def test_the_text_of_a_customer_comes_through_every_format(desk: Told, tmp_path: Path) -> None:
    names = [AWKWARD, "=1+1", "@SUM(A1)", "\ttab", "'quoted", 'a "b", c\nd', "NULL", "\\N", "_x0041_", "x\x01y"]
    for name in names:
        desk.send(new_id(), RegisterCustomer.model_construct(name=name, tier="t", occurred_at=LONG_AGO,
                                                             external_reference=None, party="person"))  # fmt: skip
    desk.follow()
    lines = lines_of(exported_to(desk.dsn, tmp_path / "c.jsonl", "customers", "jsonl"))
    assert sorted(row["name"] for row in lines) == sorted(names)
    parquet = parquet_rows(exported_to(desk.dsn, tmp_path / "c.parquet", "customers", "parquet"))
    assert [row["name"] for row in parquet] == [row["name"] for row in lines]
    cells = cells_of(exported_to(desk.dsn, tmp_path / "c.csv", "customers", "csv"))
    assert [_restored(row["name"]) for row in cells] == [row["name"] for row in lines]
    assert not any(row["name"][0] in "=@\t" for row in cells)
    file = exported_to(desk.dsn, tmp_path / "c.xlsx", "customers", "xlsx")
    sheet = load_workbook(file).get_sheet_by_name("customers").to_python()
    shown = [str(row[sheet[0].index("name")]) for row in sheet[1:]]
    assert shown == [_in_excel(row["name"]) for row in lines]
    with ZipFile(file) as parts:
        assert not any("hyperlink" in name for name in parts.namelist())
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def _restored(text: str) -> str:
    """As the reference page says."""
    return re.sub(r"(^|[;|\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029])'", r"\1", text)


def _in_excel(text: str) -> str:
    return re.sub("\r\n?", "\n", text).replace("\x01", "\ufffd")


def test_excel_shows_local_times_as_dates_across_a_change_of_the_clocks(desk: Told, tmp_path: Path) -> None:
    zone = zone_named("Europe/Berlin")
    for hour in (0, 1, 2):
        desk.ticket(datetime(2025, 10, 26, hour, 30, tzinfo=UTC))
    desk.follow()
    file = exported_to(desk.dsn, tmp_path / "t.xlsx", "tickets", "xlsx", zone=zone)
    sheet = load_workbook(file).get_sheet_by_name("tickets").to_python()
    column = sheet[0].index("received_at (Europe/Berlin)")
    local = [datetime(2025, 10, 26, hour, 30) for hour in (2, 2, 3)]  # noqa: DTZ001 -- what a person there reads
    assert [row[column] for row in sheet[1:]] == local
    rows = lines_of(exported_to(desk.dsn, tmp_path / "t.jsonl", "tickets", "jsonl", zone=zone))
    assert [row["received_at"][-6:] for row in rows] == ["+02:00", "+01:00", "+01:00"]


def _table(*types: str) -> ExportedTable:
    columns = tuple(Column(f"c{number}", SqlType(name, name), nullable=True) for number, name in enumerate(types))
    return ExportedTable("sheet", "One row.", ("c0",), columns, (), lambda _: pytest.fail("nothing is read"))


def _book(tmp_path: Path, table: ExportedTable, rows: list[tuple[Any, ...]]) -> tuple[Any, list[str]]:
    file = tmp_path / "book.xlsx"
    with Workbook(file, HANOI, march(1)) as book:
        assert book.add(table, rows) == len(rows)
    return load_workbook(file), book.remarks


def test_excel_gets_as_text_what_it_cannot_hold(tmp_path: Path) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
    rows = [
        (datetime(1920, 1, 1, 20, tzinfo=UTC), date(1899, 12, 31), 10**15, float("nan")),
        (datetime(1899, 12, 31, 16, tzinfo=UTC), date(1900, 3, 1), 10**15 - 1, 0.5),
        (first, date.min, -(10**15), None),
        (last, date.max, 0, None),
    ]
    book, _ = _book(tmp_path, _table("timestamptz", "date", "bigint", "double precision"), rows)
    assert book.get_sheet_by_name("sheet").to_python()[1:] == [
        [datetime(1920, 1, 2, 3), "1899-12-31", "1000000000000000", "nan"],  # noqa: DTZ001 -- a local time
        ["1899-12-31T23:06:30+07:06:30", date(1900, 3, 1), 999_999_999_999_999, 0.5],
        ["0001-01-01T07:06:30+07:06:30", "0001-01-01", "-1000000000000000", ""],
        ["9999-12-31T23:00:00Z", date.max, 0, ""],
    ]


def test_excel_says_which_texts_were_cut_and_which_table_was_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 2)
    longest = "\U0001f600" * (LONGEST_TEXT // 2) + "x"
    texts = [longest, longest + "x", "<r><t>x</t></r>", "x" * (LONGEST_TEXT + 1), "_x0041_"]
    book, remarks = _book(tmp_path, _table("text"), [(text,) for text in texts])
    assert book.sheet_names == ["explanation", "sheet", "sheet 2", "sheet 3"]
    read = [str(row[0]) for name in book.sheet_names[1:] for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert read[0] == longest
    assert read[1] == "\U0001f600" * ((LONGEST_TEXT - len(CUT)) // 2) + CUT
    assert read[2] == "<r><t>x</t></r> "
    assert read[3] == "x" * (LONGEST_TEXT - len(CUT)) + CUT
    assert read[4] == "_x0041_"
    assert remarks == [
        "sheet is split over 3 sheets of at most 2 rows.",
        f"2 texts of sheet are cut to {LONGEST_TEXT} characters, with {CUT}.",
    ]


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4])
def test_a_sheet_that_is_just_full_is_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 2)
    book, _ = _book(tmp_path, _table("integer"), [(number,) for number in range(rows)])
    assert len(book.sheet_names) == 1 + max(1, -(-rows // 2))


@pytest.mark.usefixtures("exported_template")
def test_the_explanation_names_the_position_the_zone_and_the_tables(desk: Told, tmp_path: Path) -> None:
    file = exported_to(desk.dsn, tmp_path / "b.xlsx", "everything", "xlsx", zone=HANOI)
    explanation = {row[0]: row[1] for row in load_workbook(file).get_sheet_by_name("explanation").to_python()}
    assert explanation["positions"] == f"1 to {desk.head()}"
    assert str(explanation["zone"]).startswith("Asia/Ho_Chi_Minh: ")
    assert explanation["tickets"] == "3 rows. One row for each ticket, as it stood at the position."


@pytest.mark.usefixtures("exported_template")
def test_the_manifest_says_what_the_files_hold(desk: Told, tmp_path: Path) -> None:
    file = exported_to(desk.dsn, tmp_path / "t.csv", "tickets", "csv")
    manifest = manifest_beside(file)
    assert (manifest["first_position"], manifest["last_position"]) == (1, desk.head())
    assert manifest["files"] == [
        {"name": "t.csv", "sha256": sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    ]
    (table,) = manifest["tables"]
    assert table["rows"] == len(cells_of(file)) == 3
    assert [column["name"] for column in table["columns"]] == list(cells_of(file)[0])
    assert {"kind": "policy", "name": "Desk", "version": 1, "effective_from": "2026-03-01T00:00:00Z"} in manifest[
        "definitions"
    ]
    assert ("settings", 0) in {(each["kind"], each["version"]) for each in manifest["definitions"]}
    assert "formulas" not in manifest
    assert str(tmp_path) not in json.dumps(manifest)


def test_the_manifest_of_exported_figures_names_the_versions_of_their_formulas(desk: Told, tmp_path: Path) -> None:
    formulas = manifest_beside(exported_to(desk.dsn, tmp_path / "f.csv", "figures", "csv"))["formulas"]
    assert [each["figure"] for each in formulas] == list(FIGURES)
    assert {"figure": "voice-of-customers", "version": 2} in formulas


def test_a_merged_customer_is_named_as_the_survivor(desk: Told, tmp_path: Path) -> None:
    an, binh = desk.customer(), desk.customer()
    desk.ticket(march(2), an)
    desk.send(an, AnswerNps(score=9, occurred_at=march(2)))
    desk.send(an, MergeCustomer(into=binh, reason="same", occurred_at=march(3)))
    desk.send(binh, ChangeCustomerDetails(name="Bình", occurred_at=march(3)))
    desk.follow()
    folder = exported_to(desk.dsn, tmp_path / "all", "everything", "jsonl")
    (ticket,) = lines_of(folder / "tickets.jsonl")
    assert (ticket["customer"], ticket["customer_name"]) == (str(binh), "Bình")
    (answer,) = lines_of(folder / "nps_answers.jsonl")
    assert (answer["customer"], answer["survivor"], answer["survivor_name"]) == (str(an), str(binh), "Bình")
