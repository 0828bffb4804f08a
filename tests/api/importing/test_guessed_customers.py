"""A list of customers is drafted as one, and comes in."""

import tomllib
from pathlib import Path

import pytest

from api.importing.draft_lines import MARK
from api.importing.guess import draft
from api.importing.records.guess import lists_customers
from tests.support.command_line import Run

HEADER = ["Mã khách hàng", "Họ tên", "Số điện thoại", "Email", "Hạng", "Ngày sinh"]


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        ["Record ID", "Full Name", "Email", "Mobile Phone", "Company", "Lifecycle stage"],
        ["Kundennummer", "Name", "Telefon", "Ort"],
        ["Nome", "Celular", "E-mail"],
        ["Name", "Title", "Email", "Owner"],
    ],
)
def test_columns_that_name_and_reach_people_are_a_list_of_customers(header: list[str]) -> None:
    assert lists_customers(header)


@pytest.mark.parametrize(
    "header",
    [
        ["Ticket ID", "Name", "Email", "Status", "Created"],
        ["Mã phiếu", "Tên khách hàng", "Số điện thoại", "Mức độ"],
        ["id", "created", "subject"],
        ["Mã phiếu", "Ngày tạo", "Họ tên", "SĐT", "Nội dung"],
        ["Mã phiếu", "Ngày tạo", "Họ tên", "SĐT"],
        ["Ticket ID", "Created", "Name", "Email", "Subject", "Description"],
        ["Created", "Name", "Email", "Subject"],
        ["Name", "City"],
    ],
)
def test_columns_of_tickets_and_of_things_are_none(header: list[str]) -> None:
    assert not lists_customers(header)


def test_the_draft_of_a_list_of_customers_brings_them_in(run: Run, tmp_path: Path) -> None:
    file, draft = tmp_path / "khach.csv", tmp_path / "draft.toml"
    rows = ["KH1,Nguyễn Thị Lan,0901 234 567,lan@example.vn,Vàng,1990-02-03", "KH2,Lê Bình,,binh@example.vn,,"]
    file.write_text("\n".join([",".join(HEADER), *rows]), encoding="utf-8")
    drafted = run("import", str(file), "--guess", "--to", str(draft), "--language", "en")
    assert "0 lines are marked" in drafted.err
    mapping = tomllib.loads(draft.read_text(encoding="utf-8"))
    assert (mapping["record"], mapping["customer"], mapping["name"]) == ("customer", "Mã khách hàng", "Họ tên")
    assert mapping["details"] == ["Ngày sinh"]
    answer = run("import", str(file), "--mapping", str(draft), "--json")
    assert (answer.code, answer.json["recorded"]) == (0, 2)
    assert answer.json["events_by_kind"]["customer.address_added"] == 3


def test_without_a_column_of_numbers_customers_are_told_apart_by_an_address_and_it_is_marked() -> None:
    text = draft(["Name", "E-mail"], [["Lan", "lan@example.vn"]], "crm", "UTC")
    assert f'customer = "E-mail"  {MARK}' in text


def test_when_customers_were_registered_is_read_in_its_format() -> None:
    header = ["Customer ID", "Name", "Phone", "Customer since"]
    mapping = tomllib.loads(draft(header, [["1", "Lan", "0901234567", "14/03/2026"]], "crm", "Asia/Bangkok"))
    assert mapping["registered"] == "Customer since"
    assert mapping["time"] == {"format": ["%d/%m/%Y"], "zone": "Asia/Bangkok"}


def test_columns_that_tickets_have_too_make_the_kind_of_the_record_doubtful() -> None:
    text = draft(["Mã KH", "Họ tên", "SĐT", "Phụ trách"], [["1", "Lan", "0901234567", "an"]], "crm", "Asia/Bangkok")
    assert f'record = "customer"  {MARK} tickets have such columns too: Phụ trách' in text
