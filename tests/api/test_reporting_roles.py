"""The reporting roles read the views and nothing else, and the grants survive rebuilds, backups and new tenants."""

from collections.abc import Iterator

import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from api.database_roles import under
from api.migrations import migrate, migrate_roles
from domain.event_log.roles import OWNER, REPORTING, REPORTING_PERSONAL, REPORTING_ROLES, ROLES
from domain.ids import new_id
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from tests.support.database_rights import NONE, PERSONAL_VIEWS, SCHEMA, VIEW_SCHEMAS, connect, relations, rights_of
from tests.support.database_rights import VIEWS as SCHEMA_OF_VIEWS

ATTACKS = (
    "select * from tenant_default.tickets",
    "select * from tenant_default.events",
    "select * from tenant_default.local_offsets",
    "select * from tenant_default.api_keys",
    "insert into reporting_of_default.nps_answer default values",
    "update reporting_of_default.ticket set state = 'closed'",
    "delete from reporting_of_default.ticket",
    "drop view reporting_of_default.ticket",
    "create view reporting_of_default.mine as select 1",
    "create table tenant_default.mine (n integer)",
    "create schema mine",
    "alter view reporting_of_default.ticket owner to current_user",
    "set role ticketledger_owner",
    "select pg_read_file('/etc/passwd')",
)


def rights(dsn: str) -> dict[str, dict[str, set[frozenset[str]]]]:
    """The rights that each role has on the relations of each schema; every one that occurs."""
    with connect(dsn) as connection:
        return {
            schema: {
                role: {rights_of(connection, role, f"{schema}.{name}") for name in relations(connection, schema)}
                for role in expected
            }
            for schema, expected in VIEW_SCHEMAS.items()
        }


MATRIX = {schema: {role: {verbs} for role, verbs in expected.items()} for schema, expected in VIEW_SCHEMAS.items()}


def test_the_reporting_roles_may_select_from_the_views_and_do_nothing_else_anywhere(roles: str) -> None:
    assert rights(roles) == MATRIX
    with connect(roles) as connection:
        schemas = "not starts_with(nspname, 'pg_') and nspname <> 'information_schema'"
        others = connection.execute(
            f"select n.nspname || '.' || relname from pg_class c join pg_namespace n on n.oid = relnamespace"
            f" where {schemas} and relkind not in ('i', 'I') and nspname not in (%s, %s, %s)",
            [SCHEMA, SCHEMA_OF_VIEWS, PERSONAL_VIEWS],
        ).fetchall()
        assert {rights_of(connection, role, name) for role in REPORTING_ROLES for (name,) in others} <= {NONE}
        for role in REPORTING_ROLES:
            made = connection.execute(
                f"select bool_or(has_schema_privilege(%s, oid, 'create')) from pg_namespace where {schemas}", [role]
            ).fetchone()
            called = connection.execute(
                "select bool_or(has_function_privilege(%s, p.oid, 'execute')) from pg_proc p"
                f" join pg_namespace n on n.oid = pronamespace where {schemas}",
                [role],
            ).fetchone()
            assert (made, called) == ((False,), (False,))


def test_no_reporting_role_is_a_superuser_or_a_member_of_another_role(roles: str) -> None:
    with connect(roles) as connection:
        powers = connection.execute(
            "select bool_or(rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls) from pg_roles"
            " where rolname = any(%s)",
            [list(REPORTING_ROLES)],
        ).fetchone()
        members = connection.execute(
            "select count(*) from unnest(%s::text[]) a(name), unnest(%s::text[]) b(name)"
            " where a.name <> b.name and pg_has_role(a.name, b.name, 'member')",
            [list(REPORTING_ROLES), [*ROLES, *REPORTING_ROLES]],
        ).fetchone()
        owners = connection.execute(
            "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace in"
            " (%s::regnamespace, %s::regnamespace)",
            [SCHEMA_OF_VIEWS, PERSONAL_VIEWS],
        ).fetchall()
    assert (powers, members, owners) == ((False,), (0,), [(OWNER,)])


@pytest.mark.parametrize("role", REPORTING_ROLES)
def test_a_reporting_role_reads_every_view_that_is_its_own_and_cannot_do_more(roles: str, role: str) -> None:
    readable = [view for view in VIEWS if role == REPORTING_PERSONAL or not view.personal]
    with connect(under(roles, role)) as connection:
        for view in readable:
            schema = PERSONAL_VIEWS if view.personal else SCHEMA_OF_VIEWS
            assert connection.execute(f"select count(*) from {schema}.{view.name}").fetchone() is not None
        for attack in ATTACKS:
            with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
                connection.execute(sql.SQL(attack))
        if role == REPORTING:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"select * from {PERSONAL_VIEWS}.ticket")


@pytest.fixture
def tool(roles: str) -> Iterator[str]:
    """The conninfo of the login of a reporting tool, a member of the role."""
    name = "tool_" + new_id().hex[-12:]
    with connect(roles) as connection:
        connection.execute(sql.SQL("create role {} login in role {}").format(*map(sql.Identifier, (name, REPORTING))))
        yield make_conninfo(roles, user=name)
        connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def test_a_tool_that_logs_in_as_a_member_reads_the_views_before_and_after_a_rebuild(tool: str, roles: str) -> None:
    with connect(tool) as connection:
        assert connection.execute("select count(*) from reporting_of_default.ticket").fetchone() == (0,)
        rebuild(under(roles, OWNER), "default", PROJECTIONS, views=VIEWS)
        assert connection.execute("select count(*) from reporting_of_default.ticket").fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("select count(*) from tenant_default.tickets")
    assert rights(roles) == MATRIX


def test_a_tenant_made_later_has_views_that_the_roles_may_read(roles: str) -> None:
    migrate(roles, "other")
    with connect(under(roles, REPORTING)) as connection:
        assert connection.execute("select count(*) from reporting_of_other.ticket").fetchone() == (0,)


def test_what_was_granted_is_granted_again_after_a_restore_without_grants(roles: str) -> None:
    with connect(roles) as connection:
        for role in REPORTING_ROLES:
            for schema in (SCHEMA_OF_VIEWS, PERSONAL_VIEWS):
                connection.execute(f"revoke all on all tables in schema {schema} from {role}")
                connection.execute(f"revoke all on schema {schema} from {role}")
    migrate_roles(roles)
    assert rights(roles) == MATRIX


def test_views_that_a_superuser_made_are_handed_over_to_the_owner(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute(f"alter schema {SCHEMA} owner to current_user")
        connection.execute(f"alter schema {SCHEMA_OF_VIEWS} owner to current_user")
        connection.execute(f"alter view {SCHEMA_OF_VIEWS}.ticket owner to current_user")
        assert migrate_roles(database_url) == ["default"]
        owners = connection.execute(
            "select pg_get_userbyid(nspowner), pg_get_userbyid(relowner) from pg_class c"
            " join pg_namespace n on n.oid = relnamespace where c.oid = %s::regclass",
            [f"{SCHEMA_OF_VIEWS}.ticket"],
        ).fetchone()
    assert owners == (OWNER, OWNER)
