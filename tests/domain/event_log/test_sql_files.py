"""Statements in files: they are found by name, say what they do, and psql runs them as they stand."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from api.embedded_postgres.programs import find_programs
from domain.event_log.schema import filled, in_schema
from domain.event_log.sql_files import Statement, sql_file, statements

ROOT = Path(__file__).parents[3]
ROOMS = ("domain", "projections", "api")
FILES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.sql"))
STATEMENTS = [
    pytest.param(statement, id=f"{path.stem}: {name}")
    for path in FILES
    for name, statement in sql_file(".".join(path.parent.parts), path.name).items()
]
NAMES = {"schema": "tenant_default", "role": "ticketledger_desk", "owner": "ticketledger_owner", "login": "nologin"}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_has_a_sentence(statement: Statement) -> None:
    assert statement.comment.endswith("."), statement.name
    assert statement.comment[0].isupper()
    assert statement.text


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_names_its_schema(statement: Statement) -> None:
    """What stands after from, join, into, update or table is a name in a schema, a query, a function or an alias."""
    tables = r"(log_head|events|commands|snapshots|projection_positions|api_keys|migrations|addresses_claimed)"
    assert not re.search(rf"\b(from|join|into|update|table|on)\s+{tables}\b", statement.text)


PARAMETERS = {
    "after": "0",
    "limit": "10",
    "bytes": "1000",
    "up_to": "9",
    "part": "9",
    "position": "1",
    "positions": "'{}'",
    "streams": "'{}'",
    "stream": "'00000000-0000-0000-0000-000000000000'",
    "fold": "'f'",
    "command_ids": "'{}'",
    "topic": "'ticket.received'",
    "first": "1",
    "last": "9",
    "topics": "'{}'",
    "worker": "'reactor'",
    "table": "'events'",
    "tenant_schema": "'tenant_default'",
    "prefix": "'tenant_'",
    "key_store": "'00000000-0000-0000-0000-000000000000'",
}


def test_psql_runs_the_tables_and_the_queries_as_they_stand(database_url: str) -> None:
    psql = find_programs(os.environ).folder / "psql"
    if not psql.is_file():
        pytest.skip("this PostgreSQL has no psql")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create schema by_hand")
    names = [word for name, value in ({"schema": "by_hand"} | PARAMETERS).items() for word in ("-v", f"{name}={value}")]
    for file in ("schema.sql", "queries.sql"):
        command: list[str | Path] = [
            psql,
            database_url,
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            *names,
            "-f",
            ROOT / "domain/event_log" / file,
        ]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert (answer.returncode, answer.stderr) == (0, ""), file


def test_placeholders_are_filled_with_names_and_parameters() -> None:
    text = """select a::text, '%', b from :"schema".t where x = %(after)s and y = :'schema'"""
    assert filled(text, schema='a"b').as_string() == (
        """select a::text, '%', b from "a""b".t where x = %(after)s and y = 'a"b'"""
    )
    assert in_schema('select {schema}.f(:"schema")', "s").as_string() == 'select "s".f("s")'


def test_a_statement_is_composed_of_its_schema_and_its_parts() -> None:
    content = """-- name: some\nselect a::text, '%' from :"schema".t where :what and b[1] = any(:ids::int[])\n"""
    parts = {"what": sql.SQL("c = {}").format(sql.Literal(":ids")), "ids": sql.Literal([1])}
    assert statements(content)["some"].composed("s", **parts).as_string() == (
        """select a::text, '%' from "s".t where c = ':ids' and b[1] = any('{1}'::int2[]::int[])"""
    )


def test_names_that_are_no_part_are_parameters(database_url: str) -> None:
    some = statements("-- name: some\nselect :shown || '%' where :shown <> :what;\n")["some"]
    composed = some.composed(what=sql.SQL("'b'"))
    with psycopg.connect(database_url) as connection:
        assert connection.execute(composed, {"shown": "a"}).fetchone() == ("a%",)
        with pytest.raises(psycopg.ProgrammingError, match="shown"):
            connection.execute(composed, {})


def test_a_statement_that_names_a_schema_is_not_composed_without_one() -> None:
    some = statements('-- name: some\nselect :what from :"schema".t;\n')["some"]
    with pytest.raises(KeyError, match="schema"):
        some.composed(what=sql.SQL("a"))


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="role"):
        filled('grant select to :"role"', schema="s")


def test_a_percent_sign_beside_a_parameter_is_one(database_url: str) -> None:
    content = "-- name: given\nselect :n::text || '%';\n-- name: none\nselect format('%I', 'x');\n"
    with psycopg.connect(database_url) as connection:
        assert connection.execute(statements(content)["given"].filled(), {"n": 7}).fetchone() == ("7%",)
        assert connection.execute(statements(content)["none"].filled()).fetchone() == ("x",)
