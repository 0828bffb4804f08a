"""Where a function of this release is not made yet, commands name `migrate`; a defect stays one."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.command_line import Run

WITHOUT_APPEND = """
do $$ begin execute (
    select 'drop function ' || oid::regprocedure from pg_proc
    where proname = 'append' and pronamespace = 'tenant_default'::regnamespace
); end $$
"""
STOP = ("automation", "stop", "tenant", "--reason", "too many")


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(WITHOUT_APPEND)
        yield connection


def test_a_command_on_tables_of_an_earlier_release_names_migrate(connection: psycopg.Connection, run: Run) -> None:
    connection.execute("delete from tenant_default.migrations where name like 'functions %'")
    refused = run(*STOP)
    assert (refused.code, "Traceback" in refused.err) == (2, False)
    assert "complete them with `migrate --tenant default`" in refused.err
    assert run("migrate", "--roles").code == 0
    assert run(*STOP).code == 0


def test_a_function_that_is_missing_for_another_reason_is_a_defect(connection: psycopg.Connection, run: Run) -> None:
    assert connection.execute("select count(*) from tenant_default.migrations").fetchone() != (0,)
    with pytest.raises(psycopg.errors.UndefinedFunction):
        run(*STOP)
