"""What each database role may do, table by table and verb by verb, and that the program gets along with that."""

import os
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.api_keys import API_KEYS
from api.database_roles import under
from api.migrations import migrate, migrate_roles
from domain.event_log import reader as log_reader
from domain.event_log.append import Batch, append, append_statement
from domain.event_log.roles import DESK, FOLLOWER, OWNER, READER, ROLES
from domain.event_log.schema import LOG
from domain.ids import new_id
from projections.engine.follower import Follower
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from tests.api.command_line import Run
from tests.api.serving import RECEIPT, make_key, serving

SCHEMA = "tenant_default"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
READ = frozenset({"SELECT"})
NONE: frozenset[str] = frozenset()
PROJECTED = {DESK: NONE, FOLLOWER: READ | {"INSERT", "DELETE"}, READER: READ}
MATRIX = {
    "log_head": {DESK: READ, FOLLOWER: READ, READER: READ},
    "events": {DESK: READ, FOLLOWER: READ, READER: READ},
    "commands": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "snapshots": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "api_keys": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "migrations": {DESK: READ, FOLLOWER: READ, READER: READ},
    "addresses_claimed": {DESK: NONE, FOLLOWER: NONE, READER: NONE},
    "projection_positions": {DESK: READ, FOLLOWER: READ | {"UPDATE"}, READER: READ},
    "audit_history": PROJECTED,
    "backlog_crossings": PROJECTED,
    "backlog_segments": PROJECTED,
    "customer_addresses": PROJECTED,
    "customers": PROJECTED,
    "first_contact": PROJECTED,
    "sla_clocks": PROJECTED,
    "sla_tickets": PROJECTED,
    "ticket_resolutions": PROJECTED,
    "tickets": PROJECTED,
}
FUNCTIONS = {
    "append": {DESK: True, FOLLOWER: False, READER: False},
    "keep_snapshots": {DESK: True, FOLLOWER: False, READER: False},
    "note_key_use": {DESK: True, FOLLOWER: False, READER: False},
}


@pytest.fixture
def roles(database_url: str) -> str:
    """The conninfo of a database whose default tenant is used under the roles; "other" is a neighbour."""
    migrate(database_url)
    return database_url


def connect(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn, autocommit=True)


def relations(connection: psycopg.Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "select relname from pg_class where relnamespace = %s::regnamespace and relkind not in ('i', 'I')", [SCHEMA]
        )
    ]


def test_every_table_has_the_rights_that_are_written_here_and_no_other(roles: str) -> None:
    with connect(roles) as connection:
        found = {
            table: {
                role: frozenset(
                    verb
                    for verb in VERBS
                    if connection.execute(
                        "select has_any_column_privilege(%s, %s, %s)" if verb in {"SELECT", "INSERT", "UPDATE"}
                        else "select has_table_privilege(%s, %s, %s)",
                        [role, f"{SCHEMA}.{table}", verb],
                    ).fetchone() == (True,)
                )
                for role in (DESK, FOLLOWER, READER)
            }
            for table in relations(connection)
        }  # fmt: skip
    assert found == MATRIX


def test_every_function_may_be_called_by_whom_is_written_here_and_by_no_other(roles: str) -> None:
    with connect(roles) as connection:
        functions = connection.execute(
            "select proname, oid, prosecdef, proconfig, pg_get_userbyid(proowner) from pg_proc"
            " where pronamespace = %s::regnamespace",
            [SCHEMA],
        ).fetchall()
        found = {
            name: {
                role: connection.execute(
                    "select has_function_privilege(%s, %s::oid, 'execute')", [role, oid]
                ).fetchone()
                == (True,)
                for role in (DESK, FOLLOWER, READER)
            }
            for name, oid, *_ in functions
        }
    assert found == FUNCTIONS
    assert all(definer for _, _, definer, _, _ in functions)
    assert all("search_path=pg_catalog, pg_temp" in settings for *_, settings, _ in functions)
    assert {owner for *_, owner in functions} == {OWNER}


def test_no_role_is_a_superuser_or_owns_what_it_works_with(roles: str) -> None:
    with connect(roles) as connection:
        powers = connection.execute(
            "select bool_or(rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls) from pg_roles"
            " where rolname = any(%s)",
            [list(ROLES)],
        ).fetchone()
        owners = connection.execute(
            "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = %s::regnamespace", [SCHEMA]
        ).fetchall()
        members = connection.execute(
            "select count(*) from unnest(%s::text[]) a(name), unnest(%s::text[]) b(name)"
            " where a.name <> b.name and pg_has_role(a.name, b.name, 'member')",
            [list(ROLES), list(ROLES)],
        ).fetchone()
        create = connection.execute(
            "select bool_or(has_schema_privilege(role, %s, 'create')) from unnest(%s::text[]) r(role)",
            [SCHEMA, [DESK, FOLLOWER, READER]],
        ).fetchone()
    assert (powers, owners, members, create) == ((False,), [(OWNER,)], (0,), (False,))


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


@pytest.mark.parametrize("role", [DESK, FOLLOWER, READER])
def test_no_role_changes_the_log_but_by_its_functions(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection:
        for statement in ATTACKS:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement).format(own=sql.Identifier(SCHEMA)))


def test_the_owner_could_which_shows_that_the_attacks_are_well_formed(roles: str) -> None:
    """The control of the test above."""
    with connect(under(roles, OWNER)) as connection:
        connection.execute(sql.SQL(NOTE).format(own=sql.Identifier(SCHEMA)))
        connection.execute(f"update {SCHEMA}.log_head set position = 999999999, recorded_at = '2999-01-01'")


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


def test_the_whole_program_works_under_its_roles(roles: str) -> None:
    key = make_key(roles)
    desk, reader = under(roles, DESK), under(roles, READER)
    with serving(desk, key=key, reading_dsn=reader) as served:
        key_header = {"Idempotency-Key": "k"}
        ticket = served.receive()
        assert served.post(f"{ticket}/start-work", headers=key_header).status_code == 200
        assert served.post(f"{ticket}/start-work", headers=key_header).json()["repeated"]
        follower = Follower(under(roles, FOLLOWER), "default", PROJECTIONS)
        follower.catch_up()
        follower.close()
        assert served.get(ticket).json()["state"] == "in_progress"
        assert served.get(ticket, params={"as_of": "2026-01-01T00:00:00Z"}).status_code == 404
        assert served.get("/v1/events").json()["head"] == 3
        assert served.get("/readyz").status_code == 200
        rebuild(under(roles, OWNER), "default", PROJECTIONS)
        assert served.get(ticket).json()["state"] == "in_progress"
    with connect(roles) as connection:
        row = connection.execute(f"select last_used_at is not null from {SCHEMA}.api_keys").fetchone()
    assert row == (True,)


def test_who_serves_is_logged_in_as_its_role(roles: str) -> None:
    with connect(under(roles, DESK)) as connection:
        assert connection.execute("select session_user, current_user").fetchone() == (DESK, DESK)


@pytest.fixture
def login(roles: str) -> Iterator[str]:
    """The conninfo of a login that is a member of the roles, as on a server that is not the program's own."""
    name = "operator_" + new_id().hex[-12:]
    with connect(roles) as connection:
        connection.execute(
            sql.SQL("create role {} login in role {}").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, (DESK, FOLLOWER, READER)))
            )
        )
        yield make_conninfo(roles, user=name)
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def test_a_login_becomes_the_role_that_its_work_needs(login: str) -> None:
    with connect(under(login, READER)) as connection:
        name = conninfo_to_dict(login)["user"]
        assert connection.execute("select session_user, current_user").fetchone() == (name, READER)
    assert under(login, OWNER) == login
    migrate(login)


def test_a_login_that_owns_nothing_serves(login: str, roles: str) -> None:
    key = make_key(roles)
    with serving(under(login, DESK), key=key, reading_dsn=under(login, READER)) as served:
        assert served.post("/v1/tickets", RECEIPT).status_code == 201
        assert served.get("/v1/reports/backlog").status_code == 200


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


def test_a_tenant_made_later_has_the_same_rights(roles: str) -> None:
    migrate(roles, "other")
    with connect(under(roles, READER)) as connection:
        assert connection.execute("select count(*) from tenant_other.tickets").fetchone() == (0,)


def test_the_rights_are_given_again_to_a_backup_that_was_restored_without_them(roles: str) -> None:
    """As pg_restore --no-privileges does: the tables say that the grants were made, and functions are everybody's."""
    with connect(roles) as connection:
        for role in (DESK, FOLLOWER, READER):
            for things in ("tables", "functions"):
                connection.execute(f"revoke all on all {things} in schema {SCHEMA} from {role}")
            connection.execute(f"revoke all on schema {SCHEMA} from {role}")
        connection.execute(f"grant execute on all functions in schema {SCHEMA} to public")
    migrate_roles(roles)
    test_every_table_has_the_rights_that_are_written_here_and_no_other(roles)
    test_every_function_may_be_called_by_whom_is_written_here_and_by_no_other(roles)


def test_the_command_line_makes_roles(run: Run) -> None:
    assert run("migrate", "--roles").code == 0
    assert run("report", "backlog").code == 0
    assert os.environ["DATABASE_URL"]


def test_what_is_made_once_has_names(roles: str) -> None:
    with connect(roles) as connection:
        made = {name for (name,) in connection.execute(f"select name from {SCHEMA}.migrations")}
    assert made > {*LOG, *API_KEYS}
