"""`import`: what it reports, its explanation, and its reject file."""

import re
from pathlib import Path

import psycopg

from tests.support.command_line import Run
from tests.support.importing.histories import row, write
from tests.support.small_history import HISTORY


def test_an_import_says_what_became_of_the_rows(run: Run) -> None:
    answer = run("import", "history.csv", "--mapping", "map.toml", "--json")
    assert answer.code == 0
    assert {name: answer.json[name] for name in ("rows", "recorded", "known", "rejected", "tickets", "rejects")} == {
        "rows": 4, "recorded": 4, "known": 0, "rejected": 0, "tickets": 2, "rejects": None,
    }  # fmt: skip
    assert run("import", "history.csv", "--mapping", "map.toml", "--json").json["known"] == 4


def test_an_import_names_the_file_of_what_it_rejected(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "history.csv", [*HISTORY, row("New", ticket="")])
    answer = run("import", "history.csv", "--mapping", "map.toml", "--language", "en")
    assert answer.code == 1
    assert "Rows that cannot be taken: 1. history.csv.rejects.csv lists them" in answer.err
    assert (tmp_path / "history.csv.rejects.csv").exists()


def test_states_that_the_mapping_does_not_name_are_told_by_the_explanation_and_by_the_import(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "history.csv", [*HISTORY, row("Frozen", 20, "T2"), row("Frozen", 21, "T2")])
    words = ("import", "history.csv", "--mapping", "map.toml", "--language", "en")
    for answer in (run(*words, "--explain"), run(*words)):
        assert re.search(r"Unknown states.*Frozen\W+2", answer.out, re.DOTALL)
        assert "[state.values]" in answer.err
    assert run(*words, "--json").json["unknown_states"] == {"Frozen": 2}
    assert [line["unknown_state"] for line in run(*words, "--explain", "--json").json][3:] == [None, "Frozen", "Frozen"]


def test_an_import_is_projected_when_it_ends(imported: Run) -> None:
    assert imported("report", "workload", "--json").json == {
        "Workload": [{"team": "B", "agent": "huong", "tickets": 1}]
    }


def test_explain_shows_what_would_become_of_the_rows_and_records_nothing(run: Run, database_url: str) -> None:
    lines = run("import", "history.csv", "--mapping", "map.toml", "--explain", "--json").json
    assert [(line["line"], line["ticket"], [fact["event"] for fact in line["facts"]]) for line in lines] == [
        (2, "T1", ["ticket.received", "ticket.assigned"]),
        (3, "T1", ["ticket.work_started"]),
        (4, "T1", ["ticket.resolved"]),
        (5, "T2", ["ticket.received", "ticket.assigned"]),
    ]
    shown = run("import", "history.csv", "--mapping", "map.toml", "--explain")
    assert "bắt đầu xử lý" in shown.out
    assert "Thời gian theo múi giờ Asia/Ho_Chi_Minh." in shown.err
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select position from tenant_default.log_head").fetchone() == (0,)


def test_a_check_shows_dates_in_the_zone_of_the_mapping(run: Run, tmp_path: Path) -> None:
    (tmp_path / "local.toml").write_text(
        'source = "s"\nticket = "id"\n[time]\nzone = "Asia/Ho_Chi_Minh"\ncreated = "at"\n'
        '[state]\ncolumn = "status"\n[state.values]\nNew = "received"\n'
    )
    (tmp_path / "local.csv").write_text("id,at,status\n1,2026-03-05T03:30:00,New\n")
    answer = run("import", "local.csv", "--mapping", "local.toml", "--check", "--language", "en")
    assert "2026-03-05 03:30:00 " in answer.out
    assert "Times are of Asia/Ho_Chi_Minh." in answer.err
