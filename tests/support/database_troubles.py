"""Waits for the work of other connections, and a server that loses a command."""

import asyncio
from typing import LiteralString

import psycopg
from psycopg import sql

from domain.event_log.schema import schema_of
from tests.support.log import TENANT


async def waiting_for_lock(url: str) -> None:
    """Returns when a connection waits for a lock; earlier commands are then queued or in flight."""
    await until(url, "exists (select from others where wait_event_type = 'Lock')")


async def until(url: str, condition: LiteralString) -> None:
    """Returns when the condition is true of the ``others``, the other connections of the same database."""
    statement = (
        "with others as (select * from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())"
        " select " + condition
    )
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection, asyncio.timeout(60):
        while await (await connection.execute(statement)).fetchone() != (True,):
            continue


def fall_back_by_one_command(url: str) -> None:
    """Acts as a fail-over to a standby without the last command; every connection breaks."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "delete from {}.commands where position = (select max(position) from {}.events)",
            "delete from {}.events where position = (select max(position) from {}.events)",
            "update {}.log_head set position = position - 1",
        ):
            text = statement.replace("{}", "{schema}")
            connection.execute(sql.SQL(text).format(schema=sql.Identifier(schema_of(TENANT))))
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
