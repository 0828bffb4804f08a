"""What commands leave in the access journal, how it is read there, and how old entries are removed."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args
from uuid import uuid4

import pytest
from psycopg import sql

from api.access_journal.tables import append_access
from api.access_journal.words import WORDS
from api.cli.access_table import ACCESS_TABLE
from api.cli.main import COMMANDS
from api.cli.system_user import system_user
from api.database_roles import under
from api.http.problems import PROBLEMS
from domain.errors import ErrorKind
from domain.event_log.roles import OWNER, READER
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE
from tests.support.access_entries import entry
from tests.support.command_line import Run
from tests.support.database_rights import SCHEMA, connect
from tests.support.serving import CUSTOMER, Served, make_key

CANARY = "Trần Hoàng Yến"


def words(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        named = f"{before} {name}".strip()
        yield from words(command, named) if hasattr(command, "commands") else [named]


def entries(dsn: str) -> list[dict[str, Any]]:
    with connect(dsn) as connection:
        rows = connection.execute(f"select entry from {SCHEMA}.access_journal order by position").fetchall()
    return [json.loads(entry) for (entry,) in rows]


def test_every_command_says_what_is_recorded_of_it() -> None:
    assert {*words(COMMANDS), "history --access", "report ask --part"} == ACCESS_TABLE.keys()


def test_a_reading_is_recorded_with_the_user_of_the_system_and_the_ids_that_were_named(desk: Served, run: Run) -> None:
    desk.receive(subject=CANARY)
    desk.follow()
    assert run("history", "--customer", str(CUSTOMER)).code == 0
    assert run("customer", "search", CANARY).code == 0
    assert run("definition", "list").code == 0
    history, search = entries(desk.dsn)
    del history["at"]
    assert history == {
        "action": "read", "what": "ticketledger history", "actor": system_user(), "kind": "agent", "times": 1,
        "origin": "command line", "subjects": {"customer": str(CUSTOMER)}, "outcome": "done", "rows": 2,
    }  # fmt: skip
    assert search["what"] == "ticketledger customer search"
    assert not [word for word in CANARY.split() if word in str(entries(desk.dsn))]


def test_a_command_that_records_and_then_reads_is_recorded_once(desk: Served, run: Run) -> None:
    other = desk.post("/v1/customers", {"name": "Lan"}).json()["id"]
    desk.follow()
    assert run("customer", "merge", other, str(CUSTOMER), "--reason", "the same number").code == 0
    for code in (0, 2):  # the second one is refused: the merge is undone already
        desk.follow()
        assert run("customer", "undo-merge", other, str(CUSTOMER), "--reason", "two persons").code == code
    done, refused = entries(desk.dsn)
    assert (done["action"], done["what"], done["outcome"]) == ("read", "ticketledger customer undo-merge", "done")
    assert (refused["action"], refused["what"]) == ("refused", "ticketledger customer undo-merge")


def test_the_facts_behind_a_figure_are_recorded_and_the_figure_is_not(desk: Served, run: Run) -> None:
    desk.receive()
    desk.follow()
    assert run("report", "flow").code == 0
    assert entries(desk.dsn) == []
    assert run("report", "flow", "--part", "received").code == 0
    (entry,) = entries(desk.dsn)
    assert (entry["action"], entry["what"], entry["rows"]) == ("read", "ticketledger report ask", 1)
    assert desk.get("/v1/figures/csat/facts", params={"part": "satisfied"}).status_code == 200
    assert desk.get("/v1/figures/nothing/facts", params={"part": "satisfied"}).status_code == 404
    assert desk.container.journal.flush()
    assert [entry.get("figure") for entry in entries(desk.dsn)] == ["flow", "csat", None]
    for language, said in (("en", "figure flow"), ("vi", "chỉ số flow")):
        assert said in " ".join(run("history", "--access", "--language", language).out.split())


def test_a_reading_is_recorded_under_the_role_of_readers(desk: Served) -> None:
    with connect(under(desk.dsn, READER)) as connection:
        assert append_access(connection, "default", [entry()]) == 1


def test_a_refused_command_and_a_key_that_does_not_exist_are_recorded(desk: Served, run: Run) -> None:
    assert run("keys", "revoke", "0123456789abcdef").code == 2
    ticket = desk.receive().rpartition("/")[2]
    desk.follow()
    assert run("customer", "merge", str(CUSTOMER), str(CUSTOMER), "--reason", CANARY).code == 2
    assert run("history", ticket, "--action", "read").code == 2
    recorded = [(entry["action"], entry["what"], entry["outcome"]) for entry in entries(desk.dsn)]
    assert recorded[0] == ("key_management", "ticketledger keys revoke", "not_found")
    assert recorded[1][:2] == ("refused", "ticketledger customer merge")
    assert len(recorded) == 2
    shown = run("history", "--access", "--action", "refused").out.split()
    assert set(RULES_IN_VIETNAMESE[recorded[1][2]].split()) <= set(shown)


def test_the_journal_is_shown_by_actor_customer_ticket_action_and_time_and_its_reading_is_recorded(
    desk: Served, run: Run
) -> None:
    ticket = desk.receive()
    desk.follow()
    desk.get(ticket)
    desk.get(f"/v1/customers/{CUSTOMER}")
    desk.get("/v1/events")
    assert desk.container.journal.flush()

    def shown(*filters: str) -> list[str]:
        answer = run("history", "--access", "--json", *filters)
        assert answer.code == 0, answer.err
        return [entry["what"] for entry in json.loads(answer.out)]

    assert shown("--actor", "lan") == [
        "GET /v1/events", "GET /v1/customers/{customer_id}", "GET /v1/tickets/{ticket_id}",
    ]  # fmt: skip
    assert shown("--customer", str(CUSTOMER), "--actor", "lan") == [
        "GET /v1/customers/{customer_id}", "GET /v1/tickets/{ticket_id}",
    ]  # fmt: skip
    assert shown(ticket.rpartition("/")[2], "--actor", "lan") == ["GET /v1/tickets/{ticket_id}"]
    assert shown("--action", "export") == ["GET /v1/events"]
    assert shown("--to", "2020-01-01") == []
    assert shown("--from", "2999-01-01") == []
    assert len(shown("--limit", "2")) == 2
    assert shown("--action", "journal_read", "--customer", str(CUSTOMER)) == ["ticketledger history"] * 2
    readings = [entry for entry in entries(desk.dsn) if entry["action"] == "journal_read"]
    assert [entry["rows"] for entry in readings] == [3, 2, 1, 1, 0, 0, 2, 2]
    assert "GET /v1/events" in run("history", "--access").out
    assert "Nhật ký truy cập" in run("history", "--access", "--language", "vi").out
    assert run("automation", "explain", ticket.rpartition("/")[2]).code == 0
    assert "subject" not in run("history", "--access").out, "what a command is about has Vietnamese words"


def test_the_journal_over_http_has_pages_filters_and_a_scope_of_its_own(desk: Served) -> None:
    for _ in range(3):
        desk.get(f"/v1/tickets/{uuid4()}")
        assert desk.container.journal.flush()
    first = desk.get("/v1/access", params={"limit": 2, "action": "read"}).json()
    second = desk.get("/v1/access", params={"limit": 2, "action": "read", "cursor": first["next"]}).json()
    assert [entry["position"] for entry in first["entries"] + second["entries"]] == [3, 2, 1]
    assert (second["next"], second["trimmed"]) == (None, 0)
    entry = first["entries"][0]
    assert (entry["actor"], entry["outcome"], entry["times"], entry["rows"]) == ("lan", "not_found", 1, None)
    assert desk.container.journal.flush()
    (read,) = desk.get("/v1/access", params={"action": "journal_read"}).json()["entries"]
    assert (read["what"], read["rows"], read["times"]) == ("GET /v1/access", 3, 2)
    assert desk.get("/v1/access", params={"from": "2999-01-01T00:00:00Z"}).json()["entries"] == []


def covered(dsn: str, entries: int) -> None:
    """Says that the tree covers so many entries, as the sealer does."""
    with connect(under(dsn, OWNER)) as connection:
        connection.execute(f"create table if not exists {SCHEMA}.tree_sizes (log text primary key, size bigint)")
        connection.execute(
            sql.SQL("insert into {} values ('access', %s) on conflict (log) do update set size = excluded.size").format(
                sql.Identifier(SCHEMA, "tree_sizes")
            ),
            [entries],
        )


def test_old_entries_are_removed_as_far_as_the_tree_covers_them_and_positions_go_on(desk: Served, run: Run) -> None:
    with connect(desk.dsn) as connection:
        append_access(connection, "default", [entry(rows=1), entry(rows=2), entry(rows=3)])
        connection.execute(f"update {SCHEMA}.access_journal set at = now() - interval '401 days' where position < 3")
    covered(desk.dsn, 1)
    assert json.loads(run("access", "trim", "--json").out) == {"removed": 1, "uncovered": 1, "days": 400}
    covered(desk.dsn, 3)
    assert json.loads(run("access", "trim", "--json").out) == {"removed": 1, "uncovered": 0, "days": 400}
    assert json.loads(run("access", "trim", "--json").out) == {"removed": 0, "uncovered": 0, "days": 400}
    kept = entries(desk.dsn)
    assert [(line["action"], line["rows"]) for line in kept] == [("read", 3), ("trimmed", 1), ("trimmed", 1)]
    assert [entry.get("removed_to") for entry in kept] == [None, 1, 2]
    assert all(datetime.fromisoformat(entry["removed_before"]).tzinfo for entry in kept[1:])
    with connect(desk.dsn) as connection:
        head = connection.execute(f"select position, trimmed from {SCHEMA}.access_head").fetchone()
    assert head == (5, 2)


@pytest.mark.parametrize("scope", ["read", "audit", "feed"])
def test_no_other_scope_reads_the_journal(desk: Served, scope: str) -> None:
    assert desk.as_key(make_key(desk.dsn, scope)).get("/v1/access").status_code == 403
    assert desk.as_key(make_key(desk.dsn, "audit:read")).get("/v1/access").status_code == 200


def test_variables_of_the_environment_do_not_decide_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    named = system_user()
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody-else")
    assert system_user() == named != "somebody-else"


def test_every_outcome_has_words_in_vietnamese() -> None:
    outcomes = {*PROBLEMS, *get_args(ErrorKind), "done", "broken_off"} - {"refused"}
    assert [each for each in sorted(outcomes) if each not in WORDS["vi"].codes] == []
