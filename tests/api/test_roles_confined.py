"""What no role may do to the server, to other roles and to other sessions, whatever it may read."""

from collections.abc import Callable

import pytest
from psycopg import Connection, errors, sql

from api.database_roles import make_roles, under
from domain.event_log.advisory_locks import reactor_lock, rebuild_lock, schema_lock
from domain.event_log.roles import AUDITOR, DESK, FOLLOWER, OWNER, READER, REPORTING, REPORTING_PERSONAL, SEALER
from tests.support.database_rights import SCHEMA, TENANT_ROLES, connect

ROLES = (*TENANT_ROLES, REPORTING, REPORTING_PERSONAL)
LOCKLESS = tuple(sorted({*ROLES} - {DESK, FOLLOWER, READER}))
"""The roles under which nothing excludes anything: a person has the auditor's, and another program the reports'."""
BEYOND = [
    # programs, files and settings of the server
    "copy (select 1) to program 'id'",
    "copy (select 1) to '/tmp/ticketledger-x'",
    "select lo_import('/etc/passwd')",
    "select lo_create(1)",
    "select lo_from_bytea(0, 'x')",
    "select pg_ls_dir('.')",
    "select pg_read_binary_file('/etc/passwd')",
    "select pg_current_logfile()",
    "select pg_rotate_logfile()",
    "select pg_reload_conf()",
    "select pg_promote()",
    "select pg_switch_wal()",
    "select pg_stat_reset()",
    "select pg_logical_emit_message(false, 'x', 'y')",
    "select pg_logical_emit_message(true, 'x', 'y'::bytea)",
    "load '/tmp/x.so'",
    "checkpoint",
    "set log_min_messages = panic",
    "set log_statement = 'all'",
    "set session_replication_role = replica",
    "set allow_system_table_mods = on",
    "set dynamic_library_path = '/tmp'",
    # other roles, and their secrets
    "create role evil superuser",
    "alter role current_user superuser",
    "grant ticketledger_owner to current_user",
    "set role ticketledger",
    "set session authorization ticketledger_owner",
    "select rolpassword from pg_authid",
    "select passwd from pg_shadow",
    "select * from pg_statistic",
    # what would be executed under the rights of others
    "create function public.f() returns int language sql as 'select 1'",
    "create table public.f (n int)",
    "create event trigger e on ddl_command_start execute function f()",
    "create publication p for all tables",
    "create schema mine",
    "create rule r as on insert to {own}.events do nothing",
    "create policy p on {own}.events",
    "create index on {own}.events (state)",
    "alter table {own}.events owner to current_user",
    "alter table {own}.events rename to elsewhere",
    "alter table {own}.tickets add column n int",
    "comment on table {own}.events is 'x'",
    "create materialized view {own}.m as select 1",
    # locks that stop the append
    "lock table {own}.log_head in share mode",
    "lock table {own}.events in row share mode",
    "lock table {own}.events in access exclusive mode",
    "lock table pg_catalog.pg_class in access exclusive mode",
    "select * from {own}.log_head for update",
    "select * from {own}.log_head for key share",
    "reindex table {own}.events",
    "truncate {own}.tickets",
]  # fmt: skip


def executed(connection: Connection, statement: str) -> None:
    connection.execute(sql.SQL(statement).format(own=sql.Identifier(SCHEMA)))


def is_denied(connection: Connection, statement: str) -> bool:
    try:
        if statement.startswith("lock"):
            with connection.transaction():
                executed(connection, statement)
        else:
            executed(connection, statement)
    except errors.InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reaches_beyond_its_rights(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection:
        assert [statement for statement in BEYOND if not is_denied(connection, statement)] == []


def test_a_superuser_could_which_shows_that_they_are_well_formed(roles: str) -> None:
    """The control of the test above, for what leaves nothing behind."""
    harmless = [each for each in BEYOND if each.startswith(("lock", "select * from {own}", "create index", "comment"))]
    with connect(roles) as connection:
        for statement in harmless:
            with connection.transaction(force_rollback=True):
                executed(connection, statement)
    assert len(harmless) > 5


@pytest.mark.parametrize("role", LOCKLESS)
@pytest.mark.parametrize("lock", [reactor_lock, rebuild_lock, schema_lock])
def test_a_role_that_does_no_work_cannot_keep_the_workers_out(
    roles: str, role: str, lock: Callable[[str], object]
) -> None:
    with connect(under(roles, role)) as connection:
        for function in ("pg_advisory_lock", "pg_try_advisory_lock_shared", "pg_advisory_xact_lock"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"select {function}(hashtextextended(%s, 0))", [lock("default")[0]])  # type: ignore[index]


@pytest.mark.parametrize("role", sorted({*LOCKLESS} - {AUDITOR, SEALER}))
def test_a_role_that_reads_no_table_makes_none(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("create temporary table kept (words text)")


def test_an_earlier_release_let_auditors_take_locks_which_they_lose(roles: str) -> None:
    with connect(roles) as connection:
        connection.execute(f"grant execute on function pg_try_advisory_lock(bigint) to {AUDITOR}")
        make_roles(roles)
    with connect(under(roles, AUDITOR)) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select pg_try_advisory_lock(1)")


@pytest.mark.parametrize("role", [OWNER, DESK, FOLLOWER, READER])
def test_the_workers_take_their_locks(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection, reactor_lock("default").held(connection, wait=False):
        connection.execute("create temporary table kept (words text)")
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
