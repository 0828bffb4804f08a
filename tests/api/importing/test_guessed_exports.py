"""A draft reads exports in the shapes of other products: their dates, their durations, their sheets."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.importing import guess_times as module
from api.importing.draft_lines import MARK
from api.importing.guess import draft
from api.importing.guess_times import guess_times
from api.importing.times import TimeReader
from tests.support.command_line import Run
from tests.support.importing.files import read
from tests.support.importing.workbooks import DATE, Cell, write_xlsx


def written(header: list[str], *rows: list[str], zone: str = "UTC") -> tuple[dict[str, Any], str]:
    text = draft(header, rows, "desk", zone)
    return tomllib.loads(text), text


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-14 08:15:00 UTC",
        "2026-03-14 15:15:00 +0700",
        "2026-03-14 09:15:00 +01:00",
        "Mar 14, 2026 8:15am",
        "14 March 2026 08:15 AM",
        "Saturday, March 14, 2026 at 8:15 AM",
        "Sat, 14 Mar 2026 08:15:00 +0000",
        "2026/03/14 08:15:00.000",
        "2026年3月14日 08:15",
        "08:15 14/03/2026",
        "08:15:00, 14-03-2026",
        "08:15 ngày 14/03/2026",
        "Sat Mar 14 08:15:00 2026",
        "46095.34375",
        "46095,34375",
    ],
)
def test_a_time_as_other_products_write_it_is_read(written: str) -> None:
    guess = guess_times([written])
    assert guess is not None
    assert not guess.ambiguous
    assert TimeReader(list(guess.formats), guess.language, "UTC").read(written).first == datetime(
        2026, 3, 14, 8, 15, tzinfo=UTC
    )


def test_a_text_is_tried_only_in_formats_with_its_signs_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def reader(formats: tuple[str, ...], language: str | None) -> TimeReader:
        tried.append(formats[0])
        return TimeReader(list(formats), language, "UTC")

    monkeypatch.setattr(module, "_reader", reader)
    assert guess_times(["INC0001 (x)", "INC0002 (y)"]) is None
    assert set(tried) == {"iso"}


def test_of_two_orders_of_day_and_month_the_one_is_drafted_in_which_times_lie_closer_together() -> None:
    days = [f"3/{day}/2026 8:00 AM" for day in (2, 3, 5, 9)]
    toml, text = written(["id", "created", "status"], *([str(n), day, "New"] for n, day in enumerate(days)))
    assert toml["time"]["created"]["format"] == ["%m/%d/%Y %I:%M %p"]
    assert f"{MARK} day first or month first" in text


@pytest.mark.parametrize(
    ("column", "cells", "unit"),
    [
        ("Time to first response (seconds)", ["120", "5400"], "seconds"),
        ("first_response_secs", ["120", ""], "seconds"),
        ("Time to first agent email reply (HH:mm:ss)", ["00:12:30", "26:00:00"], "hours"),
        ("Première réponse (h)", ["1,5", "0,25"], "hours"),
    ],
)
def test_durations_until_the_first_reply_are_read_in_the_unit_of_their_name(
    column: str, cells: list[str], unit: str
) -> None:
    rows = [[str(n), "2026-03-14 08:00", cell, "New"] for n, cell in enumerate(cells)]
    toml, text = written(["id", "created", column, "status"], *rows)
    assert toml["time"]["first_reply"] == {"column": column, "format": unit}
    assert text.count(MARK) == 2


def test_a_time_of_the_first_reply_is_taken_before_its_duration() -> None:
    header = ["id", "created", "First response time (in hrs)", "First response at", "status"]
    toml, _ = written(header, ["1", "2026-03-14 08:00", "0:10", "2026-03-14 08:10", "New"])
    assert toml["time"]["first_reply"]["column"] == "First response at"


def test_a_column_of_hours_with_any_name_is_joined_with_the_day_and_marked() -> None:
    toml, text = written(["id", "Date", "Time", "status"], ["1", "2026-03-14", "08:15:00", "New"])
    assert toml["time"]["created"] == {"column": [["Date", "Time"]], "format": ["iso"]}
    assert text.count(MARK) == 1
    toml, text = written(["id", "Ngày", "Giờ gọi", "status"], ["1", "14/03/2026", "08:15:00", "New"])
    assert toml["time"]["created"]["column"] == [["Ngày", "Giờ gọi"]]
    assert f"{MARK} the hours of Giờ gọi" in text
    assert toml["ticket"] == "id"
    toml, _ = written(["Giờ gọi", "Ngày", "x", "status"], ["08:15:00", "14/03/2026", "7", "New"])
    assert toml["ticket"] == "x"


def test_times_are_in_the_zone_of_the_tenant_unless_a_column_names_utc() -> None:
    toml, text = written(["id", "created", "status"], ["1", "2026-03-14 08:00", "New"], zone="Asia/Bangkok")
    assert toml["time"]["zone"] == "Asia/Bangkok"
    assert f'zone = "Asia/Bangkok"  {MARK}' in text
    toml, _ = written(["id", "created (UTC)", "status"], ["1", "2026-03-14 08:00", "New"], zone="Asia/Bangkok")
    assert toml["time"]["zone"] == "UTC"


def test_a_known_name_behind_the_word_ticket_is_that_column() -> None:
    toml, _ = written(
        ["Ticket ID", "created", "Ticket Subject", "Ticket Description", "status"],
        ["1", "2026-03-14 08:00", "Invoice", "It is wrong", "New"],
    )
    assert toml["received"] == {"subject": "Ticket Subject", "body": "Ticket Description"}


def test_a_sheet_with_a_title_hours_and_days_in_merged_cells_comes_in(run: Run, tmp_path: Path) -> None:
    day, file, draft = 46_095, tmp_path / "sheet.xlsx", tmp_path / "draft.toml"
    rows: list[list[Cell]] = [
        ["CÔNG TY ABC", None, None, None],
        ["STT", "Ngày", "Giờ gọi", "Tình trạng xử lý"],
        [1, (day, DATE), "08:15:00", "Đang xử lý"],
        [2, None, "09:30:00", "Đang xử lý"],
        [3, (day + 1, DATE), "10:00:00", "Đang xử lý"],
    ]
    write_xlsx(file, {"T3": rows}, merged=("A1:D1", "B3:B4"))
    assert "3 dòng" in run("import", str(file), "--guess", "--to", str(draft)).err
    checked = run("import", str(file), "--mapping", str(draft), "--check", "--json")
    assert (checked.code, checked.json["recorded"]) == (0, 3)
    assert [cells[1] for cells in read(file).cells[-3:]] == ["2026-03-14", "2026-03-14", "2026-03-15"]


@pytest.mark.parametrize(
    ("sheets", "read_one"),
    [
        (("explanation", "tickets"), "tickets"),
        (("tickets", "explanation"), "tickets"),
        (("explanation",), "explanation"),
        (("empty", "explanation"), "explanation"),
        (("explanation", "empty"), "explanation"),
    ],
)
def test_the_sheet_that_explains_an_export_of_this_program_is_read_only_where_no_other_has_rows(
    tmp_path: Path, sheets: tuple[str, ...], read_one: str
) -> None:
    explanation: list[list[Cell]] = [["about", "x"], ["tickets", "1 row"]]
    rows: dict[str, list[list[Cell]]] = {"explanation": explanation, "tickets": [["id"]], "empty": []}
    write_xlsx(tmp_path / "sheet.xlsx", {name: rows[name] for name in sheets})
    assert f"Excel sheet {read_one!r}" in read(tmp_path / "sheet.xlsx").read_as


@pytest.mark.parametrize(
    ("column", "keys"),
    [
        ("firstReplyAt", ("time", "first_reply")),
        ("Responded Time", ("time", "first_reply")),
        ("closedDate", ("time", "closed")),
    ],
)
def test_a_column_of_times_is_known_in_the_spelling_of_programs(column: str, keys: tuple[str, str]) -> None:
    toml, text = written(["id", "createdAt", column], ["1", "2026-03-14 08:15", "2026-03-14 09:00"])
    assert toml[keys[0]][keys[1]]["column"] == column
    assert MARK not in next(line for line in text.splitlines() if line.startswith(keys[1]))


@pytest.mark.parametrize("column", ["User email", "Kontakt-E-Mail", "primaryCustomer.email", "Requestors"])
def test_a_column_of_contacts_names_the_customer(column: str) -> None:
    toml, _ = written(["id", "created", column], ["1", "2026-03-14", "lan@example.com"])
    assert toml["customer"] == column


@pytest.mark.parametrize("column", ["Fallinhaber", "Atendente", "Chuyên viên xử lý", "assignee.name"])
def test_a_column_of_those_who_work_names_the_agent(column: str) -> None:
    toml, _ = written(["id", "created", "assignee.id", column], ["1", "2026-03-14", "7", "An"])
    assert toml["assignment"]["agent"] == column


def test_an_hour_before_the_day_takes_the_order_of_day_and_month_of_the_other_columns() -> None:
    row = ["1", "08:15 03/04/2026", "09:00 25/04/2026"]
    toml, text = written(["id", "created", "closed"], row)
    assert toml["time"]["created"]["format"] == ["%H:%M %d/%m/%Y"]
    assert "day first or month first" not in text


@pytest.mark.parametrize("cells", [["46095", "46096"], ["12.5", "46095.3"], ["46095.5", "soon"]])
def test_numbers_that_may_be_anything_are_no_days_of_a_spreadsheet(cells: list[str]) -> None:
    assert guess_times(cells) is None


def test_a_deadline_is_no_time_of_a_reply_and_a_count_is_no_comment() -> None:
    header = ["ticket", "state", "received_at", "first_response_at", "first_response_due_at", "notes"]
    toml, _ = written(header, ["1", "received", "2026-03-14 08:15", "", "2026-03-14 09:00", "3"])
    assert toml["time"]["first_reply"] == "first_response_at"
    assert "comments" not in toml


@pytest.mark.parametrize("column", ["First response deadline", "Hạn phản hồi đầu tiên"])
def test_a_column_that_names_a_deadline_dates_no_reply(column: str) -> None:
    toml, _ = written(["id", "created", column], ["1", "2026-03-14 08:15", "2026-03-14 09:00"])
    assert "first_reply" not in toml["time"]


def test_notes_in_words_are_comments() -> None:
    toml, _ = written(["id", "created", "notes"], ["1", "2026-03-14 08:15", "3"], ["2", "2026-03-14 08:15", "called"])
    assert [each["column"] for each in toml["comments"]] == ["notes"]


def test_states_of_this_program_are_all_in_the_draft() -> None:
    rows = (["1", "2026-03-14 08:15", "closed"], ["2", "2026-03-14 08:15", "merged"])
    toml, _ = written(["ticket", "received_at", "state"], *rows)
    assert toml["state"]["values"] == {
        "closed": "closed",
        "merged": "cancelled:duplicate",
        "received": "received",
        "assigned": "assigned",
        "in_progress": "in_progress",
        "waiting": "waiting:customer",
        "resolved": "resolved",
        "cancelled": "cancelled",
    }
