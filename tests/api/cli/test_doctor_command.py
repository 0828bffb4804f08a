"""`migrate`, `doctor` and `rebuild`: a tenant is made, checked and mended."""

from itertools import takewhile

import psycopg
import pytest
from rich.cells import cell_len

from api.cli import doctor
from domain.event_log.roles import AUDITOR
from domain.zones import TZDATA
from projections.registry import PROJECTIONS
from tests.support.command_line import Run


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


def test_the_doctor_says_with_which_rights_it_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user of DATABASE_URL is the superuser of the test's server; then the role that it takes is another one."""

    def rights() -> str:
        answer = run("doctor", "--json")
        assert answer.code == 0, answer.err
        (granted,) = (finding["seen"] for finding in answer.json if finding["check"] == "rights")
        return str(granted)

    assert run("migrate").code == 0
    assert rights().startswith("owner ticketledger_owner: it can alter or remove any row")
    monkeypatch.setattr(doctor, "OWNER", "no such role")
    assert rights().startswith("superuser ticketledger: it can alter or remove any row")
    monkeypatch.setattr(doctor, "OWNER", AUDITOR)
    assert "cannot alter the log" in rights()


@pytest.mark.parametrize(
    "change",
    ["scopes = '{admin}'", "actor_id = 'mai'", "acts_for_others = true", "expires_at = null", "revoked_at = null"],
)
def test_the_doctor_names_a_key_that_was_changed_past_the_program(run: Run, database_url: str, change: str) -> None:
    assert run("migrate").code == 0
    keys = [run("keys", "create", "--actor", "auditor", "--scope", "audit").out.split("_")[2] for _ in range(2)]
    assert run("keys", "rotate", keys[0]).code == 0
    assert run("keys", "revoke", keys[1]).code == 0
    assert run("doctor").code == 0
    with psycopg.connect(database_url, autocommit=True) as superuser:
        superuser.execute(f"update tenant_default.api_keys set {change} where id = %s", [keys[1]])
    (check,) = [each for each in run("doctor", "--json").json if each["check"] == "API keys"]
    assert not check["sound"]
    assert check["seen"] == f"1 keys allow other things than their events say ({keys[1]}): revoke them"


@pytest.mark.parametrize(
    ("setting", "ends_with_parameters"),
    [
        ("log_statement = 'mod'", True),
        ("log_min_duration_statement = '1min'", True),
        ("log_min_duration_sample = '1min'", True),
        ("log_transaction_sample_rate = 0.0001", True),
        ("auto_explain.log_min_duration = '1min'", False),
        ("log_parameter_max_length_on_error = -1", False),
    ],
)
def test_the_doctor_names_a_server_whose_log_gets_the_words_that_people_look_up(
    run: Run, database_url: str, setting: str, ends_with_parameters: bool
) -> None:
    def server_log() -> bool:
        (check,) = [each for each in run("doctor", "--json").json if each["check"] == "server log"]
        return bool(check["sound"])

    def set_for_all(text: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f'alter database "{connection.info.dbname}" set {text}'.encode())

    assert run("migrate").code == 0
    assert server_log()
    set_for_all(setting)
    assert not server_log()
    set_for_all("log_parameter_max_length = 0")
    assert server_log() == ends_with_parameters


@pytest.mark.parametrize(
    ("damage", "finds"),
    [
        ("delete from tenant_default.events where position = 3", {"positions", "versions"}),
        ("update tenant_default.log_head set position = position - 1", {"head"}),
        ("update tenant_default.access_head set position = position + 1", {"access journal"}),
        ("delete from tenant_default.access_head", {"access journal"}),
        (("select tenant_default.add_access(array['{}', '{}', '{}']);"
         "delete from tenant_default.access_journal where position = 2"), {"access journal"}),
        (("select tenant_default.add_access(array['{}', '{}']);"
         "delete from tenant_default.access_journal where position = 1"), {"access journal"}),
        ("update tenant_default.events set version = 9 where position = 2", {"versions"}),
        ("update tenant_default.projection_positions set stopped_at = 2, error = 'x' where name = 'tickets'",
         {"projection tickets"}),
        ("delete from tenant_default.projection_positions where name = 'backlog'", {"projection backlog"}),
        ("update tenant_default.projection_positions set definition = 'other' where name = 'customers'",
         {"projection customers"}),
        ("update tenant_default.tickets set subject = 'x'", {"table tickets"}),
        ("update tenant_default.commands set events = events + 1 where events > 0", {"answers"}),
        ("update tenant_default.commands set version = version + 1", {"answers"}),
        ("update tenant_default.commands set command_id = 'other ' || command_id where events > 0", {"answers"}),
        ("drop schema reporting_of_default cascade", {"reporting views"}),
        ("comment on schema reporting_of_default is 'Views of another release'", {"reporting views"}),
    ],
)  # fmt: skip
def test_the_doctor_finds_what_is_wrong(imported: Run, database_url: str, damage: str, finds: set[str]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(damage)
    answer = imported("doctor", "--json", *(["--compare"] if finds & {"table tickets", "answers"} else []))
    assert answer.code == 1
    assert {finding["check"] for finding in answer.json if not finding["sound"]} == finds


def test_the_doctor_shows_first_what_is_wrong_and_what_to_do(imported: Run, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update tenant_default.tickets set subject = 'x'")
    answer = imported("doctor", "--compare")
    cells = [[cell.strip() for cell in line.split("│")[1:4]] for line in answer.out.splitlines() if line[:1] == "│"]
    first = [cells[0], *takewhile(lambda row: not row[0], cells[1:])]
    assert first[0][0] == "table tickets"
    assert "run `rebuild`" in " ".join(seen for _, _, seen in first)
    assert "`doctor --proofs`" in answer.out
    assert "`doctor --proofs`" not in imported("doctor", "--proofs").err


def test_an_event_that_cannot_be_read_is_named(imported: Run, database_url: str) -> None:
    task = imported("task", "open", "call").err.split()[-1].rstrip(".")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update tenant_default.events set state = '{}' where stream = %s", [task])
    rebuilt = imported("rebuild")
    assert (rebuilt.code, "tasks stopped at event " in rebuilt.err) == (1, True)
    assert "tasks" in imported("rebuild", "--json").json["stopped"]
    done = imported("task", "done", task)
    assert (done.code, "(task.opened, version 1 of " in done.err) == (2, True)
    assert done.err.endswith("`doctor --proofs` tells whether the log was altered.\n")


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
    assert "run `migrate`, which rebuilds them" in answer.err
    assert answer.out == ""
    assert imported("migrate").code == 0
    assert imported(*words).code == 0


def test_its_lines_have_at_most_80_letters_outside_a_terminal(imported: Run) -> None:
    answer = imported("doctor")
    assert answer.code == 0, answer.out
    assert max(map(cell_len, answer.out.splitlines())) <= 80
    assert "log" in answer.out
