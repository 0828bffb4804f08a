"""`export`: one row for each ticket, safe for spreadsheets."""

import csv
import io
import json
from pathlib import Path

import pytest

from api.exporting import exported_table
from tests.support.command_line import Run
from tests.support.importing.histories import row, write

RUNNING = {"first_response_elapsed_seconds", "resolution_elapsed_seconds"}
"""What of an exported ticket changes while its clocks run."""


def test_tickets_are_exported_one_row_each_with_their_facts(imported: Run, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(imported("export", "tickets", "--format", "csv").out)))
    assert [(one["external_reference"], one["state"], one["open"]) for one in rows] == [
        ("T1", "resolved", "false"),
        ("T2", "assigned", "true"),
    ]
    assert (rows[0]["resolution_verdict"], rows[0]["resolution_elapsed_seconds"]) == ("met", "1800.0")
    imported("export", "tickets", "--format", "jsonl", "--to", "tickets.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["ticket"] for line in lines] == [one["ticket"] for one in rows]
    assert set(lines[0]) == set(rows[0])


def test_an_export_in_parts_is_the_whole(imported: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("export", "tickets", "--format", "jsonl")
    whole = imported(*words).out.splitlines()
    monkeypatch.setattr(exported_table, "ROWS_AT_ONCE", 1)
    parts = imported(*words).out.splitlines()
    for one, other in zip(map(json.loads, whole), map(json.loads, parts), strict=True):
        assert {name for name in one if one[name] != other[name]} <= RUNNING
    assert [json.loads(line)["resolution_state"] for line in parts] == ["fulfilled", "running"]


def test_no_exported_text_is_a_formula_to_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+84", "-1", "@SUM(A1)", "Lan-Anh = 1", "1+1"]
    write(tmp_path / "history.csv", [row("New", number, f"T{number}", team=name) for number, name in enumerate(names)])
    run("import", "history.csv", "--mapping", "map.toml")
    shown = [one["team"] for one in csv.DictReader(io.StringIO(run("export", "tickets").out))]
    assert shown == [f"'{name}" for name in names[:4]] + names[4:]
    lines = run("export", "tickets", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["team"] for line in lines] == names
