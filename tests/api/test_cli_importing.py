"""Importing from the command line: check, import, mend, again."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.importing.histories import HEADER, row, write
from tests.support.importing.workbooks import write_xlsx
from tests.support.mapping_texts import MAPPING
from tests.support.programs import COMMAND_LINE, ENVIRONMENT

WORDS = ("import", "history.csv", "--mapping", "map.toml")
BROKEN = [row("New"), row("Active", time="soon"), row("New", 5, "T2"), row("Frozen", 9, "T2", priority="urgent")]
MENDED = [row("New"), row("Active", 2), *BROKEN[2:]]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a mapping and a file with a row that cannot be read."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", BROKEN)
    return run


def test_an_import_that_holds_rows_back_says_so_and_the_mended_file_completes_it(run: Run, tmp_path: Path) -> None:
    answer = run(*WORDS, "--json")
    assert answer.code == 1
    counts = ("rows", "recorded", "known", "held_back", "rejected", "tickets")
    assert [answer.json[name] for name in counts] == [4, 2, 0, 1, 1, 1]
    assert answer.json["rejects"] == "history.csv.rejects.csv"
    printed = run(*WORDS, "--language", "en").err
    assert "Read as CSV separated by commas, in utf-8." in printed
    assert (
        "Rows that cannot be taken: 1; rows held back with others of their tickets: 1."
        " history.csv.rejects.csv lists them with their reasons: mend the file and import it again." in printed
    )
    write(tmp_path / "history.csv", MENDED)
    answer = run(*WORDS, "--json")
    assert answer.code == 0
    assert [answer.json[name] for name in counts] == [4, 2, 2, 0, 0, 2]
    assert answer.json["rejects"] is None
    assert not (tmp_path / "history.csv.rejects.csv").exists()


def test_a_check_answers_people_and_programs_and_records_nothing(run: Run, tmp_path: Path) -> None:
    answer = run(*WORDS, "--check", "--language", "en")
    assert answer.code == 1
    for word in ("held back", "ticket received", "Frozen", "urgent", "as written", "the time 'soon' in time"):
        assert word in answer.out
    assert "nothing was recorded" in answer.err
    answer = run(*WORDS, "--check", "--json")
    assert answer.code == 1
    assert (answer.json["recorded"], answer.json["known"], answer.json["events_by_kind"]["ticket.received"]) == (
        2,
        0,
        1,
    )
    assert answer.json["unknown_words"]["priority"] == {"urgent": 1}
    assert answer.json["not_taken"][0] == {
        "reason": "the time 'soon' in time is not written as iso",
        "rows": 1,
        "lines": [3],
    }
    write(tmp_path / "history.csv", MENDED)
    assert run(*WORDS, "--check").code == 0
    assert run(*WORDS, "--json").json["recorded"] == 4
    assert run(*WORDS, "--check", "--json").json["known"] == 4


def test_a_check_needs_no_database_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", MENDED)
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "DATABASE_URL"}
    answer = subprocess.run(
        [*COMMAND_LINE, *WORDS, "--check", "--json", "--data", "data"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=True,
    )
    assert json.loads(answer.stdout)["recorded"] == 4
    assert not (tmp_path / "data").exists()


def test_lines_inside_a_quoted_cell_make_no_ticket(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "history.csv", [[*row("New", note="log:\nA-9,Closed,2026-03-01T08:00:00\nend"), "surplus"]])
    answer = run(*WORDS, "--json")
    assert (answer.code, answer.json["rows"], answer.json["rejected"], answer.json["tickets"]) == (1, 1, 1, 0)
    assert run("history", "A-9").code == 2


@pytest.mark.parametrize("header", ["TICKET", "\ufeffticket", " ticket\u00a0"])
def test_a_header_is_matched_folded(run: Run, tmp_path: Path, header: str) -> None:
    write(tmp_path / "history.csv", [["T1", "New", "2026-03-02T08:00:00"]], [header, "Status", "time"])
    (tmp_path / "map.toml").write_text(
        MAPPING.split("[assignment]")[0].replace('actor = "agent"\ncustomer = "customer"\n', "")
    )
    assert run(*WORDS, "--json").json["recorded"] == 1


def test_a_column_that_is_not_there_is_named_with_those_that_come_near_and_how_the_file_was_read(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "history.csv", [], ["statut" if name == "status" else name for name in HEADER])
    answer = run(*WORDS, "--language", "en")
    assert answer.code == 2
    assert "Did you mean 'statut'?" in answer.err
    assert "It was read as CSV separated by commas, in utf-8." in answer.err


def test_a_workbook_comes_in(run: Run, tmp_path: Path) -> None:
    cells = [
        ["ticket", "status", "time"],
        ["T1", "New", "2026-03-02T08:00:00"],
        ["T1", "Closed", "2026-03-02T09:00:00"],
    ]
    write_xlsx(tmp_path / "history.csv", {"Tickets": cells})
    (tmp_path / "map.toml").write_text(
        MAPPING.split("[assignment]")[0].replace('actor = "agent"\ncustomer = "customer"\n', "")
    )
    answer = run(*WORDS, "--json")
    assert (answer.code, answer.json["recorded"], answer.json["read_as"]) == (0, 2, "Excel sheet 'Tickets'")


def test_what_is_no_export_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_bytes(b"%PDF-1.7")
    answer = run(*WORDS, "--language", "en")
    assert answer.code == 2
    assert "history.csv cannot be imported. It is a PDF: export the tickets as CSV, Excel or JSON" in answer.err


def test_customers_come_in_by_the_same_command_with_their_check_before(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "id,name,email\nC1,Lan,lan@example.vn\nC2,Mai,lan@example.vn\n", encoding="utf-8"
    )
    words = ("import", "list.csv", "--mapping", "customers")
    checked = run(*words, "--check", "--json")
    assert (checked.code, checked.json["recorded"], checked.json["rejected"]) == (1, 1, 1)
    answer = run(*words, "--json")
    assert (answer.code, answer.json["recorded"], answer.json["rejected"]) == (1, 1, 1)
    assert "the address is that of customer" in (tmp_path / "list.csv.rejects.csv").read_text(encoding="utf-8")
    printed = run(*words, "--check", "--language", "en").err
    assert "This is what an import would do; nothing was recorded." in printed
    assert run(*words, "--explain").code == 2
