"""The statement that is asked with every batch answers and fails as the driver does."""

from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection, pq, sql

from domain.event_log.prepared import PreparedStatement

pytestmark = pytest.mark.anyio


async def test_it_is_prepared_on_each_connection_once(database_url: str) -> None:
    statement = PreparedStatement(sql.Composed([sql.SQL("select %s::int + %s::int, 'x'")]))
    for _ in range(2):
        async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
            for number in range(3):
                assert await statement.row(connection, [str(number), "4"]) == (number + 4, "x")
            prepared = await (await connection.execute("select count(*) from pg_prepared_statements")).fetchone()
            assert prepared == (1,)
    assert len(statement._transformers) == 1


async def test_what_the_server_says_is_raised(database_url: str) -> None:
    statement = PreparedStatement(sql.Composed([sql.SQL("select 1 / %s::int")]))
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await statement.row(connection, ["0"])
        assert await statement.row(connection, ["1"]) == (1,)


async def test_a_server_that_goes_may_say_so_twice(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        farewell = connection.pgconn.make_empty_result(pq.ExecStatus.FATAL_ERROR)

        async def wait(_generator: Any) -> list[Any]:
            return [farewell, farewell]

        monkeypatch.setattr(connection, "wait", wait)
        with pytest.raises(psycopg.OperationalError):
            await PreparedStatement(sql.Composed([sql.SQL("select %s")])).row(connection, ["1"])


async def test_a_statement_that_somebody_prepared_and_did_not_wait_for_is_used(database_url: str) -> None:
    statement = PreparedStatement(sql.Composed([sql.SQL("select %s::int")]))
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await statement.row(connection, ["1"])
        statement._transformers.clear()
        assert await statement.row(connection, ["2"]) == (2,)


async def test_a_row_that_could_not_be_committed_is_no_answer(database_url: str) -> None:
    statement = PreparedStatement(sql.Composed([sql.SQL("insert into child values (%s::int) returning parent")]))
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("create table parent (id int primary key)")
        await connection.execute("create table child (parent int references parent deferrable initially deferred)")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await statement.row(connection, ["1"])
        await connection.execute("insert into parent values (1)")
        assert await statement.row(connection, ["1"]) == (1,)
