"""What each database role may do, table by table and verb by verb, and how the rights are kept."""

import os
import threading

import pytest
from psycopg import errors, sql

from api.api_keys import API_KEYS
from api.database_roles import make_roles, under
from api.migrations import migrate, migrate_roles
from benchmarks.databases import empty_database
from domain.event_log.roles import AUDITOR, OWNER, READER, if_role_exists
from domain.event_log.tables import LOG
from domain.ids import new_id
from tests.support.command_line import Run
from tests.support.database_rights import (
    FUNCTIONS,
    MATRIX,
    SCHEMA,
    TENANT_ROLES,
    connect,
    functions,
    rights_of_functions,
    rights_of_tables,
)
from tests.support.waiting_for_tables import until_it_gives_up

ALL_ROLES = (OWNER, *TENANT_ROLES)


def test_every_table_has_the_rights_of_the_matrix_and_no_other(roles: str) -> None:
    with connect(roles) as connection:
        assert rights_of_tables(connection) == MATRIX


def test_every_function_may_be_called_by_the_roles_of_the_table_and_by_no_other(roles: str) -> None:
    with connect(roles) as connection:
        callable_by = functions(connection)
        assert rights_of_functions(connection) == FUNCTIONS
    assert all(definer for _, _, definer, _, _ in callable_by)
    assert all("search_path=pg_catalog, pg_temp" in settings for *_, settings, _ in callable_by)
    assert {owner for *_, owner in callable_by} == {OWNER}


def test_no_role_is_a_superuser_or_owns_what_it_works_with(roles: str) -> None:
    with connect(roles) as connection:
        powers = connection.execute(
            "select bool_or(rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls) from pg_roles"
            " where rolname = any(%s)",
            [list(ALL_ROLES)],
        ).fetchone()
        owners = connection.execute(
            "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = %s::regnamespace", [SCHEMA]
        ).fetchall()
        members = connection.execute(
            "select count(*) from unnest(%s::text[]) a(name), unnest(%s::text[]) b(name)"
            " where a.name <> b.name and pg_has_role(a.name, b.name, 'member')",
            [list(ALL_ROLES), list(ALL_ROLES)],
        ).fetchone()
        create = connection.execute(
            "select bool_or(has_schema_privilege(role, %s, 'create')) from unnest(%s::text[]) r(role)",
            [SCHEMA, list(TENANT_ROLES)],
        ).fetchone()
    assert (powers, owners, members, create) == ((False,), [(OWNER,)], (0,), (False,))


def test_the_auditor_reads_the_keys_without_the_hashes_of_their_secrets(roles: str) -> None:
    with connect(under(roles, AUDITOR)) as connection:
        assert connection.execute(f"select id, scopes, revoked_at from {SCHEMA}.api_keys").fetchall() == []
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select secret_hash from {SCHEMA}.api_keys")


def test_grants_to_a_role_that_the_server_lacks_do_nothing(roles: str) -> None:
    with connect(roles) as connection:
        connection.execute(if_role_exists("ticketledger_nobody", "raise 'x';"))
        with pytest.raises(errors.RaiseException):
            connection.execute(if_role_exists(AUDITOR, "raise 'x';"))


def test_an_older_writer_loses_the_tables_and_keeps_the_function(database_url: str) -> None:
    migrate(database_url)
    name = "old_writer_" + new_id().hex[-12:]
    role = sql.Identifier(name)
    with connect(database_url) as connection:
        connection.execute(sql.SQL("create role {} login").format(role))
        connection.execute(sql.SQL(f"grant insert, update on {SCHEMA}.events, {SCHEMA}.log_head to {{}}").format(role))
        connection.execute(f"delete from {SCHEMA}.migrations where name = 'only functions write'")
        migrate(database_url)
        rights = connection.execute(
            "select has_table_privilege(%s, %s, 'insert,update'), has_function_privilege(%s, p.oid, 'execute')"
            " from pg_proc p where pronamespace = %s::regnamespace and proname = 'append'",
            [name, f"{SCHEMA}.events", name, SCHEMA],
        ).fetchone()
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))
    assert rights == (False, True)


def test_what_a_superuser_made_is_handed_over_to_the_owner(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute(f"alter schema {SCHEMA} owner to current_user")
        connection.execute(f"alter table {SCHEMA}.events owner to current_user")
        assert migrate_roles(database_url) == ["default"]
        owner = connection.execute("select pg_get_userbyid(relowner) from pg_class where oid = %s::regclass",
                                   [f"{SCHEMA}.events"]).fetchone()  # fmt: skip
    assert owner == (OWNER,)


def test_who_reads_a_table_for_long_holds_up_its_handing_over_which_is_tried_again(database_url: str) -> None:
    handed_over = threading.Thread(target=make_roles, args=[database_url])
    with connect(database_url) as connection:
        connection.execute(f"alter schema {SCHEMA} owner to current_user")
        connection.execute(f"alter table {SCHEMA}.events owner to current_user")
        with connect(database_url) as reader, reader.transaction():
            reader.execute(f"select from {SCHEMA}.events")
            handed_over.start()
            until_it_gives_up(connection, handed_over)
        handed_over.join()
        assert connection.execute("select tableowner from pg_tables where schemaname = %s and tablename = 'events'",
                                  [SCHEMA]).fetchone() == (OWNER,)  # fmt: skip


def test_a_tenant_made_later_has_the_same_rights(roles: str) -> None:
    migrate(roles, "other")
    with connect(under(roles, READER)) as connection:
        assert connection.execute("select count(*) from tenant_other.tickets").fetchone() == (0,)


def test_the_rights_are_given_again_to_a_backup_that_was_restored_without_them(roles: str) -> None:
    """As pg_restore --no-privileges does: the tables say that the grants were made, and functions are everybody's."""
    with connect(roles) as connection:
        for role in TENANT_ROLES:
            for things in ("tables", "functions"):
                connection.execute(f"revoke all on all {things} in schema {SCHEMA} from {role}")
            connection.execute(f"revoke all on schema {SCHEMA} from {role}")
        connection.execute(f"grant execute on all functions in schema {SCHEMA} to public")
    migrate_roles(roles)
    with connect(roles) as connection:
        assert rights_of_tables(connection) == MATRIX
        assert rights_of_functions(connection) == FUNCTIONS


def test_the_command_line_makes_roles(run: Run) -> None:
    assert run("migrate", "--roles").code == 0
    assert run("report", "backlog").code == 0
    assert os.environ["DATABASE_URL"]


def test_the_command_line_makes_roles_in_one_more_database_of_a_server_that_has_them(
    roles: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a backup that is restored into a new database."""
    for module in ("api.migrations", "api.database_roles"):
        monkeypatch.setattr(f"{module}.is_embedded", lambda _: False)
    with empty_database(roles) as other:
        monkeypatch.setenv("DATABASE_URL", other)
        answer = run("migrate", "--roles", "--without-encryption")
        assert answer.code == 0, answer.err
        with connect(other) as connection:
            assert rights_of_tables(connection) == MATRIX


def test_what_is_made_once_has_names(roles: str) -> None:
    with connect(roles) as connection:
        made = {name for (name,) in connection.execute(f"select name from {SCHEMA}.migrations")}
    assert made > {*LOG, *API_KEYS}
