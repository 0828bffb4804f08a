"""A tenant's tables are made once, and a role that may only write can only write."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import errors, sql

from domain.command_handling.state_snapshots import EVERY
from domain.event_log.schema import schema_of
from domain.event_log.tables import LOG, make_once
from domain.ids import new_id
from tests.support.desks import NOTE, by, opened, received
from tests.support.log import TENANT, append, batch


def test_the_writer_s_role_can_write(writer_url: str) -> None:
    with psycopg.connect(writer_url, autocommit=True) as connection:
        assert append(connection, batch((new_id(), 0, 2))).recorded
        assert append(connection, batch((new_id(), 0, 1))).head == 2


@pytest.mark.anyio
@pytest.mark.usefixtures("desk_url")
async def test_a_desk_needs_no_more_than_the_writer_s_role(writer_url: str) -> None:
    async with opened(writer_url) as desk:
        ticket = await received(desk)
        for _ in range(EVERY):
            await desk.handle(ticket, NOTE, by())
    async with opened(writer_url) as anew:
        receipt = await anew.handle(ticket, NOTE, by())
    assert receipt.answer.version == EVERY + 2


ATTACKS = [
    "update {own}.events set state = ''",
    "delete from {own}.events",
    "truncate {own}.events",
    "drop table {own}.events",
    "alter table {own}.events disable trigger all",
    "update {own}.commands set events = 0",
    "delete from {own}.commands",
    "insert into {own}.events values (1000000, gen_random_uuid(), 1, 't', '2001-01-01', '')",
    "update {own}.log_head set position = 0",
    "update {own}.log_head set position = 999999999, recorded_at = '2999-01-01'",
    "insert into {own}.snapshots values (gen_random_uuid(), 1, '', '')",
    "delete from {own}.log_head",
    "insert into {own}.log_head values (false, 1, now())",
    "drop function {own}.append",
    "create table {own}.mine (n integer)",
    "drop schema {own} cascade",
    "select * from {other}.events",
    "select * from {other}.log_head",
    "insert into {other}.commands values ('c', '', gen_random_uuid(), 1, 1, 1)",
    f"select {{other}}.append({', '.join(['null'] * 13)})",
    "create schema mine",
]


def test_the_writer_s_role_can_do_nothing_else(writer_url: str) -> None:
    names = {"own": sql.Identifier(schema_of(TENANT)), "other": sql.Identifier(schema_of("other"))}
    with psycopg.connect(writer_url, autocommit=True) as connection:
        for statement in ATTACKS:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement).format(**names))


def test_any_number_of_processes_make_the_tables_once(database_url: str) -> None:
    def make(_: int) -> list[str]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            return make_once(connection, TENANT, LOG)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(make, range(8))) == [[]] * 7 + [list(LOG)]


@pytest.mark.parametrize("name", ["", "A", "a b", 'a"; drop schema public; --', "1a", "a" * 41, "ä", "a\n"])
def test_a_tenant_s_name_is_fit_for_a_schema(name: str) -> None:
    with pytest.raises(ValueError, match="use 1 to 40 lower-case letters"):
        schema_of(name)


@pytest.mark.parametrize("make", [lambda: schema_of("a"), lambda: schema_of("a" * 40), lambda: schema_of("acme_2")])
def test_a_good_tenant_s_name_names_its_schema(make: Callable[[], str]) -> None:
    assert make().startswith("tenant_a")
