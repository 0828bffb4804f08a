"""`export`: one row for each ticket, safe for spreadsheets."""

import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest

from api.cli.export import fills_a_file
from api.exporting import exported_table
from projections.figures.registry import FIGURES
from tests.support.command_line import Run
from tests.support.importing.histories import row, write

RUNNING = {"first_response_elapsed_seconds", "resolution_elapsed_seconds"}
"""What of an exported ticket changes while its clocks run."""


def test_tickets_are_exported_one_row_each_with_their_facts(imported: Run, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(imported("export", "tickets", "--format", "csv").out)))
    assert [(ticket["external_reference"], ticket["state"], ticket["open"]) for ticket in rows] == [
        ("T1", "resolved", "false"),
        ("T2", "assigned", "true"),
    ]
    assert (rows[0]["resolution_verdict"], rows[0]["resolution_elapsed_seconds"]) == ("met", "1800")
    written = imported("export", "tickets", "--format", "jsonl", "--to", "tickets.jsonl")
    assert (written.out, written.err.partition(", đến vị trí")[0]) == (
        "",
        "Đã ghi vào tickets.jsonl: 2 dòng trong một tệp",
    )
    lines = [json.loads(line) for line in (tmp_path / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["ticket"] for line in lines] == [ticket["ticket"] for ticket in rows]
    assert set(lines[0]) == set(rows[0])


def test_an_export_in_parts_is_the_whole(imported: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("export", "tickets", "--format", "jsonl")
    whole = imported(*words).out.splitlines()
    monkeypatch.setattr(exported_table, "ROWS_AT_ONCE", 1)
    parts = imported(*words).out.splitlines()
    for expected, joined in zip(map(json.loads, whole), map(json.loads, parts), strict=True):
        assert {name for name in expected if expected[name] != joined[name]} <= RUNNING
    assert [json.loads(line)["resolution_state"] for line in parts] == ["fulfilled", "running"]


def test_no_exported_text_is_a_formula_to_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+84", "-1", "@SUM(A1)", "Lan-Anh = 1", "1+1"]
    write(tmp_path / "history.csv", [row("New", number, f"T{number}", team=name) for number, name in enumerate(names)])
    run("import", "history.csv", "--mapping", "map.toml")
    shown = [ticket["team"] for ticket in csv.DictReader(io.StringIO(run("export", "tickets").out))]
    assert shown == [f"'{name}" for name in names[:4]] + names[4:]
    lines = run("export", "tickets", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["team"] for line in lines] == names


def test_an_export_of_everything_says_how_much_it_wrote_where(imported: Run, tmp_path: Path) -> None:
    written = imported("export", "everything", "--format", "jsonl", "--to", "all")
    tables = json.loads((tmp_path / "all" / "manifest.json").read_text(encoding="utf-8"))["tables"]
    rows = sum(table["rows"] for table in tables)
    assert f"Đã ghi vào all: {rows} dòng trong {len(tables)} tệp, đến vị trí " in written.err
    of_log = imported("export", "events", "--format", "ocel-json", "--to", "log.json")
    assert of_log.err.startswith("Đã ghi vào log.json, đến vị trí ")


def test_the_word_tickets_may_be_left_out(imported: Run) -> None:
    assert imported("export", "--at", "3").out == imported("export", "tickets", "--at", "3").out


def test_a_format_whose_package_is_missing_names_the_extra(
    imported: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for package, kind in (("duckdb", "parquet"), ("xlsxwriter", "xlsx")):
        monkeypatch.setitem(sys.modules, package, None)
        answer = imported("export", "tickets", "--format", kind, "--to", "file")
        assert answer.code == 2
        assert f"{package} nhưng chưa được cài: pip install 'ticketledger[export]'" in answer.err
    assert not list(tmp_path.glob("*file*"))


REFUSED = [
    (("--format", "parquet"), "cần --to FILE"),
    (("everything",), "cần --to FOLDER"),
    (("everything", "--to", "full"), "full: hãy chọn thư mục mới."),
    (("tickets", "--to", "full"), "full không phải tệp: hãy chọn tên khác."),
    (("--at", "1", "--known-at", "2026-01-01"), "đều nêu một vị trí"),
    (("--at", "99999"), "ở sau vị trí mới nhất là"),
    (("--after", "99999"), "ở sau vị trí xuất là"),
    (("--format", "parquet", "--zone", "Asia/Ho_Chi_Minh", "--to", "file"), "--zone dành cho định dạng khác"),
    (("tickets", "--bom", "--format", "jsonl"), "--bom dành cho CSV"),
    (("tickets", "--to", "gone/file"), "gone không phải thư mục: hãy tạo thư mục trước."),
    (("--every", "month"), "dành cho figures và everything"),
    (("tickets", "--format", "ocel-json", "--to", "file"), "dành cho `export events`"),
    (("tickets", "--format", "xes", "--after", "1", "--to", "file"), "không có --after"),
    (("figures", "--first", "2026-02-01", "--last", "2026-01-01"), "hãy đổi chỗ hai ngày"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_words_that_cannot_be_used_are_refused_with_a_sentence(
    imported: Run, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    answer = imported("export", *words)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert not (tmp_path / "file").exists()


def test_a_figure_is_exported_as_the_report_tells_it(imported: Run) -> None:
    grouped = ("--every", "month", "--zone", "UTC")
    days = ("--first", "2026-01-01", "--last", "2026-12-31")
    lines = imported("export", "figures", "--format", "jsonl", *days, *grouped).out.splitlines()
    exported = [line for line in map(json.loads, lines) if line["figure"] == "sla-resolution"]
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    report = imported("report", "sla-resolution", *days, *grouped, "--json").json
    assert len(exported) == len(report["rows"]) > 1
    title = FIGURES["sla-resolution"].title
    assert {(line["title"], line["title_vi"]) for line in exported} == {(title.en, title.vi)}
    for line, expected in zip(exported, report["rows"], strict=True):
        for name in ("period", "value", "numerator", "denominator", "final", "parts"):
            assert line[name] == expected[name]


def test_rows_reach_the_file_of_the_shell_while_the_terminal_shows_a_bar(
    imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as terminal:
        terminal.setattr("api.cli.export.fills_a_file", lambda _to: True)
        terminal.setattr("sys.stderr.isatty", lambda: True)
        answer = imported("export", "tickets")
    assert [ticket["external_reference"] for ticket in csv.DictReader(io.StringIO(answer.out))] == ["T1", "T2"]
    assert "tickets" in answer.err


def test_a_bar_is_shown_beside_a_file_and_not_beside_rows_that_are_read(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with (tmp_path / "tickets.csv").open("w") as file, os.fdopen(reading), os.fdopen(writing, "w") as pipe:
        assert fills_a_file(None, file.fileno())
        assert not fills_a_file(None, pipe.fileno())
        assert fills_a_file(tmp_path / "tickets.csv", pipe.fileno())
