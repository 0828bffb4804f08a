"""No role changes a log but by the functions, and these record nothing that does not fit."""

from uuid import UUID

import pytest
from psycopg import errors, sql

from api.database_roles import under
from domain.event_log import reader as log_reader
from domain.event_log.append import Batch, append, append_statement
from domain.event_log.roles import DESK, OWNER
from domain.ids import new_id
from tests.support.database_rights import SCHEMA, TENANT_ROLES, connect

NOTE = "insert into {own}.events values (1000000, gen_random_uuid(), 1, 'ticket.note_added', '2001-01-01', '{{}}')"
ATTACKS = [
    NOTE,
    "update {own}.log_head set position = 0",
    "update {own}.log_head set position = 999999999, recorded_at = '2999-01-01'",
    "delete from {own}.log_head",
    "insert into {own}.log_head values (false, 1, now())",
    "update {own}.events set state = ''",
    "delete from {own}.events",
    "truncate {own}.events",
    "update {own}.commands set events = 0",
    "insert into {own}.commands values ('c', '', gen_random_uuid(), 1, 1, 1)",
    "delete from {own}.commands",
    "insert into {own}.snapshots values (gen_random_uuid(), 1, '', '')",
    "insert into {own}.access_journal values (1, now(), '{{}}')",
    "update {own}.access_journal set entry = '{{}}'",
    "delete from {own}.access_journal",
    "update {own}.access_head set position = 0",
    "update {own}.api_keys set scopes = '{{admin}}'",
    "insert into {own}.projection_positions values ('x', 99)",
    "drop table {own}.events",
    "alter table {own}.events disable trigger all",
    "create trigger t before insert on {own}.events execute function suppress_redundant_updates_trigger()",
    "drop function {own}.append",
    "alter function {own}.append security invoker",
    "create table {own}.mine (n integer)",
    "drop schema {own} cascade",
    "create schema mine",
    "set session authorization ticketledger",
    "set role ticketledger_owner",
    "select pg_read_file('/etc/passwd')",
]  # fmt: skip


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_no_role_changes_the_log_but_by_its_functions(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection:
        for statement in ATTACKS:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement).format(own=sql.Identifier(SCHEMA)))


def test_the_owner_could_which_shows_that_the_attacks_are_well_formed(roles: str) -> None:
    """The control of the test above."""
    with connect(under(roles, OWNER)) as connection:
        noted = connection.execute(sql.SQL(NOTE).format(own=sql.Identifier(SCHEMA)))
        moved = connection.execute(f"update {SCHEMA}.log_head set position = 999999999, recorded_at = '2999-01-01'")
    assert (noted.rowcount, moved.rowcount) == (1, 1)


def batch_of(*versions: int, stream: str = "00000000-0000-0000-0000-000000000001") -> Batch:
    made = Batch(judged={}, seen=[])
    for version in versions:
        made.streams.append(stream.replace("-", ""))
        made.versions.append(version)
        made.topics.append("ticket.note_added")
        made.states.append("{}")
    made.add_command(str(new_id()), "f", UUID(stream), max(versions), len(versions))
    return made


@pytest.mark.parametrize("versions", [(2,), (1, 3), (5, 6)])
def test_the_desk_cannot_leave_a_hole_in_a_stream(roles: str, versions: tuple[int, ...]) -> None:
    with connect(under(roles, DESK)) as connection:
        row = connection.execute(append_statement("default"), batch_of(*versions).parameters()).fetchone() or ()
        assert row[0] == -1 or row[3]
        assert log_reader.head(connection, "default") == 0
        assert append(connection, "default", batch_of(1, 2)).recorded


def test_events_without_a_command_are_not_recorded(roles: str) -> None:
    made = batch_of(1)
    made.commands.clear()
    with connect(under(roles, DESK)) as connection:
        with pytest.raises(ValueError, match="contradicts itself"):
            append(connection, "default", made)
        assert log_reader.head(connection, "default") == 0
        assert append(connection, "default", batch_of(1)).recorded


def test_the_time_of_recording_is_the_databases(roles: str) -> None:
    with connect(under(roles, DESK)) as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        before = log_reader.now(connection)
        at = append(connection, "default", batch_of(1)).recorded_at
        assert before <= at <= log_reader.now(connection)


def test_a_search_path_of_the_callers_leads_append_nowhere(roles: str) -> None:
    with connect(under(roles, DESK)) as connection:
        connection.execute("create temporary table log_head (position bigint, recorded_at timestamptz)")
        connection.execute(
            "create function pg_temp.greatest_of(timestamptz, timestamptz) returns timestamptz"
            " language sql as 'select timestamptz ''2999-01-01'''"
        )
        connection.execute("create temporary table events (position bigint)")
        connection.execute("set search_path = pg_temp, pg_catalog")
        assert append(connection, "default", batch_of(1)).head == 0
        assert connection.execute("select count(*) from pg_temp.events").fetchone() == (0,)
