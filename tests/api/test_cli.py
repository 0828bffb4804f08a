"""The command line, as people and programs use it."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from api.cli.table_lines import lines_under
from api.exporting import tickets as exporting
from domain.zones import TZDATA
from projections.registry import PROJECTIONS
from tests.api.command_line import Run
from tests.api.importing.histories import row, write
from tests.support.mapping_texts import MAPPING

ROOT = Path(__file__).parents[2]
RUNNING = {"first_response_elapsed_seconds", "resolution_elapsed_seconds"}
"""What of an exported ticket changes while its clocks run."""
HISTORY = [
    row("New", 0, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("Active", 5, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("Resolved", 30, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("New", 10, "T2", category="refund", priority="P1", channel="email", customer="Bình", agent="huong", team="B"),
]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a small history."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", HISTORY)
    return run


@pytest.fixture
def imported(run: Run) -> Run:
    """The same, with the small history imported."""
    assert run("import", "history.csv", "--mapping", "map.toml").code == 0
    return run


def test_the_list_of_commands_appears_without_loading_what_they_need() -> None:
    program = (
        "import sys; sys.argv = ['api', '--help']\nfrom api.cli.main import main\n"
        "try: main()\nfinally: print(*sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    for word in ("serve", "follow", "import", "simulate", "demo", "rebuild", "report", "history", "export", "keys",
                 "migrate", "doctor"):  # fmt: skip
        assert re.search(rf"^\W+{word} ", answer.stdout, re.MULTILINE), word
    loaded = set(answer.stdout.splitlines()[-1].split())
    assert not loaded & {"psycopg", "fastapi", "uvicorn", "pydantic", "eventsourcing"}


def test_an_import_says_what_became_of_the_rows(run: Run) -> None:
    answer = run("import", "history.csv", "--mapping", "map.toml", "--json")
    assert answer.code == 0
    assert {name: answer.json[name] for name in ("rows", "recorded", "known", "rejected", "tickets", "rejects")} == {
        "rows": 4, "recorded": 4, "known": 0, "rejected": 0, "tickets": 2, "rejects": None,
    }  # fmt: skip
    assert run("import", "history.csv", "--mapping", "map.toml", "--json").json["known"] == 4


def test_an_import_names_the_file_of_what_it_rejected(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "history.csv", [*HISTORY, row("New", ticket="")])
    answer = run("import", "history.csv", "--mapping", "map.toml")
    assert answer.code == 1
    assert "Rows that cannot be taken: 1. history.csv.rejects.csv lists them" in answer.err
    assert (tmp_path / "history.csv.rejects.csv").exists()


def test_states_that_the_mapping_does_not_name_are_told_by_the_explanation_and_by_the_import(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "history.csv", [*HISTORY, row("Frozen", 20, "T2"), row("Frozen", 21, "T2")])
    words = ("import", "history.csv", "--mapping", "map.toml")
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
    assert "ticket.work_started" in run("import", "history.csv", "--mapping", "map.toml", "--explain").out
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select position from tenant_default.log_head").fetchone() == (0,)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "nowhere.csv", "--mapping", "map.toml"], "There is no file nowhere.csv"),
        (["import", "history.csv", "--mapping", "nowhere"], "There is no mapping nowhere"),
        (
            ["import", "history.csv", "--mapping", "servicenow"],
            "`ticket` names the column 'number', which the file does",
        ),
        (
            ["import", "history.csv", "--mapping", "map.toml", "--rejects", "no/such/file"],
            "choose another with --rejects",
        ),
        (["report", "backlog", "--tenant", "Acme"], "tenant 'Acme': use 1 to 40 lower-case letters"),
        (["report", "backlog", "--tenant", "acme"], "make it with `migrate --tenant acme`"),
        (["report", "backlog", "--zone", "Saigon"], "--zone 'Saigon' is no IANA time zone"),
        (["report", "sla", "--by", "state"], "--by state is for the backlog alone"),
        (["report", "sla", "--from", "2026-03-02", "--to", "2026-03-01"], "exchange them"),
        (["report", "nonsense"], "Invalid value"),
        (["history"], "Name one of: a TICKET, --customer or --actor"),
        (["history", "T404"], "There is no ticket 'T404'"),
        (["history", "01890a5d-ac96-774b-bcce-b302099a8058"], "Nothing is known of the ticket '01890a5d"),
        (
            ["history", "--customer", "01890a5d-ac96-774b-bcce-b302099a8058"],
            "Nothing is known of the customer 01890a5d",
        ),
        (["keys", "create", "--actor", "linh", "--scope", "everything"], "--scope: scopes"),
        (["keys", "revoke", "none"], "There is no key 'none'"),
        (["migrate", "--writer", "nobody_at_all"], "There is no role 'nobody_at_all'"),
        (["serve"], "make one with `keys create`"),
        (["serve", "--host", "0.0.0.0", "--keyless"], "can be reached from other computers"),  # noqa: S104 -- it is refused
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence_with_its_fix(run: Run, words: list[str], says: str) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_a_database_that_does_not_answer_is_said_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "host=/nowhere user=u password=geheim")
    answer = run("report", "backlog")
    assert answer.code == 2
    assert "cannot be reached" in answer.err
    assert "geheim" not in answer.err


@pytest.mark.parametrize("which", ["backlog", "sla", "first-contact", "figures", "workload"])
def test_every_report_answers_people_and_programs(imported: Run, which: str) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-03")
    assert imported("report", which, *days).code == 0
    answer = imported("report", which, *days, "--by", "team", "--every", "day", "--as-of", "2026-03-03", "--json")
    assert answer.code == 0
    assert all(isinstance(rows, list) for rows in answer.json.values())


def test_a_report_says_under_its_table_whom_it_leaves_out_and_what_is_unknown(imported: Run) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    for_people = imported("report", "first-contact", *days).out
    assert "Left out: none." in for_people
    assert "Unknown: 1, imported without messages" in for_people
    assert "left out" not in for_people
    (figures,) = imported("report", "first-contact", *days, "--json").json["First contact resolution"]
    assert (figures["unknown"], figures["left_out"]) == (1, {"merged": 0, "duplicate": 0, "spam": 0, "cancelled": 0})
    assert "Left out" not in imported("report", "backlog", *days).out


def test_left_out_tickets_of_all_groups_are_told_together_by_their_reasons() -> None:
    class Group(NamedTuple):
        left_out: dict[str, int]

    groups = [Group({"merged": 1, "duplicate": 0, "open_again": 2}), Group({"merged": 2, "duplicate": 0})]
    assert lines_under(groups) == ["Left out: 3 merged into another ticket, 2 open again."]
    assert lines_under([]) == []


def test_a_report_as_of_an_instant_whose_rows_tell_when_folds_nothing(
    imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fold(*_: object, **__: object) -> None:
        pytest.fail("the log is folded")

    monkeypatch.setattr("projections.engine.point_in_time.fold_temporarily", fold)
    for which in ("backlog", "workload"):
        assert imported("report", which, "--as-of", "2026-03-02T08:20:00").code == 0
    with pytest.raises(pytest.fail.Exception):
        imported("report", "sla", "--as-of", "2026-03-02T08:20:00")


def test_the_backlog_as_of_an_instant_holds_what_was_open_then(imported: Run) -> None:
    def open_at(instant: str) -> int:
        return sum(
            group["tickets"] for group in imported("report", "backlog", "--as-of", instant, "--json").json["Backlog"]
        )

    assert open_at("2026-03-02T08:05:00") == 1
    assert open_at("2026-03-02T08:20:00") == 2
    assert open_at("2026-03-02T09:00:00") == 1


def test_what_was_recorded_later_was_not_known_before(imported: Run) -> None:
    answer = imported("report", "workload", "--known-at", "2026-03-02", "--json")
    assert answer.json == {"Workload": []}


def test_a_history_tells_who_did_what_when_in_both_languages(imported: Run) -> None:
    english = imported("history", "T1")
    assert "resolved the ticket" in english.out
    assert "giải quyết" in imported("history", "T1", "--language", "vi").out
    entries = imported("history", "T1", "--json").json
    assert [entry["topic"] for entry in entries][:2] == ["ticket.received", "ticket.assigned"]
    customer = entries[0]["customer"]
    assert len(imported("history", "--customer", customer, "--json").json) == len(entries) + 1
    assert {entry["actor"] for entry in imported("history", "--actor", "huong", "--json").json} == {"huong"}


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
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
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


def test_a_key_is_made_listed_without_its_secret_and_revoked(run: Run) -> None:
    key = run("keys", "create", "--actor", "linh", "--scope", "read", "--scope", "tickets:write", "--json").json["key"]
    (listed,) = run("keys", "list", "--json").json
    assert key.split("_")[-2] == listed["id"]
    assert key.split("_")[-1] not in json.dumps(listed)
    assert run("keys", "revoke", listed["id"]).code == 0
    assert run("keys", "list", "--json").json[0]["revoked_at"] is not None
    assert listed["id"] in run("keys", "list").out


def test_a_tenant_is_made_by_migrate_and_only_by_it(run: Run) -> None:
    assert run("doctor", "--tenant", "acme").code == 2
    assert run("migrate", "--tenant", "acme").code == 0
    assert run("doctor", "--tenant", "acme").code == 0


def test_the_doctor_finds_a_sound_desk_sound(imported: Run) -> None:
    answer = imported("doctor", "--compare", "--json")
    assert any(TZDATA in finding["seen"] for finding in answer.json if finding["check"] == "time zones")
    assert answer.code == 0
    checked = {finding["check"] for finding in answer.json}
    assert {"server", "positions", "head", "versions", *(f"projection {p.name}" for p in PROJECTIONS)} <= checked
    assert all(finding["sound"] for finding in answer.json)


@pytest.mark.parametrize(
    ("damage", "finds"),
    [
        ("delete from tenant_default.events where position = 3", {"positions", "versions"}),
        ("update tenant_default.log_head set position = position - 1", {"head"}),
        ("update tenant_default.events set version = 9 where position = 2", {"versions"}),
        ("update tenant_default.projection_positions set stopped_at = 2, error = 'x' where name = 'tickets'",
         {"projection tickets"}),
        ("delete from tenant_default.projection_positions where name = 'backlog'", {"projection backlog"}),
        ("update tenant_default.projection_positions set definition = 'other' where name = 'customers'",
         {"projection customers"}),
        ("update tenant_default.tickets set subject = 'x'", {"table tickets"}),
    ],
)  # fmt: skip
def test_the_doctor_finds_what_is_wrong(imported: Run, database_url: str, damage: str, finds: set[str]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(damage)
    answer = imported("doctor", "--json", *(["--compare"] if "table tickets" in finds else []))
    assert answer.code == 1
    assert {finding["check"] for finding in answer.json if not finding["sound"]} == finds


def test_a_rebuild_mends_what_the_doctor_found(imported: Run, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update tenant_default.tickets set subject = 'x'")
    assert imported("rebuild", "--json").code == 0
    assert imported("doctor", "--compare").code == 0


@pytest.mark.parametrize("words", [("history", "T1"), ("export", "tickets"), ("report", "backlog"), ("sla", "due")])
def test_nothing_is_told_from_the_rows_of_another_release(imported: Run, database_url: str, words: list[str]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update tenant_default.projection_positions set definition = 'other'")
    answer = imported(*words)
    assert answer.code != 0
    assert "`migrate` makes them anew" in answer.err
    assert answer.out == ""
    assert imported("migrate").code == 0
    assert imported(*words).code == 0


def test_a_simulation_again_adds_nothing(run: Run) -> None:
    words = ("simulate", "--days", "2", "--tickets-per-day", "20", "--seed", "7", "--json")
    first, again = run(*words).json, run(*words).json
    assert first["events"] > 0
    assert first["refused"] == again["refused"] == 0
    assert again["known"] >= first["steps"]


def test_the_demo_shows_its_figures_and_stops_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.demo.TICKETS_PER_DAY", 5)
    answer = run("demo", "--once")
    assert answer.code == 0
    for title in ("Handling time", "Satisfaction", "First contact resolution", "Promises kept", "Backlog"):
        assert title in answer.out
