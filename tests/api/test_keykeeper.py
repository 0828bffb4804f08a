"""What the role of the key store may do there, table by table and verb by verb, and that programs work under it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from api.key_store.rewrap import rewrap
from api.key_store.setup import KeyStoreAddress, make
from domain.event_log.roles import KEYKEEPER, OWNER
from domain.ids import new_id
from domain.personal_data.data_keys import DataKey, Gone, KeysUnavailable
from tests.support.database_rights import READ, TENANT_ROLES, rights_of
from tests.support.key_stores import key_store_address

TABLES = ("store", "keys", "blind_keys")
COLUMNS = {"store": {"epoch"}, "keys": set(), "blind_keys": set()}
"""The columns that the role may update."""
RIGHTS = {"store": READ | {"UPDATE"}, "keys": READ | {"INSERT"}, "blind_keys": READ | {"INSERT"}}
DESTRUCTIVE = [
    "update ticketledger_keys.keys set wrapped = null",
    "delete from ticketledger_keys.keys",
    "update ticketledger_keys.blind_keys set wrapped = ''",
    "delete from ticketledger_keys.blind_keys",
    "update ticketledger_keys.store set id = gen_random_uuid()",
    "delete from ticketledger_keys.store",
    "truncate ticketledger_keys.keys",
    "drop table ticketledger_keys.keys",
    "alter table ticketledger_keys.keys add column clear bytea",
    "create table ticketledger_keys.more (n int)",
]
STREAM = UUID(int=1)


@pytest.fixture
def address(roles: str, tmp_path: Path) -> Iterator[KeyStoreAddress]:
    """The address of a new key store on a server that has the roles."""
    with key_store_address(roles, tmp_path) as made:
        yield made


@contextmanager
def login(url: str, *memberships: str) -> Iterator[str]:
    """The address of a new login that is a member of some roles."""
    name = "key_programs_" + new_id().hex[-12:]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"create role {name} login")
        for role in memberships:
            connection.execute(f"grant {role} to {name}")
        try:
            yield make_conninfo(url, user=name)
        finally:
            connection.execute(f"drop role {name}")


def test_the_keykeeper_has_the_rights_of_the_table_and_no_other_role_has_any(address: KeyStoreAddress) -> None:
    with psycopg.connect(address.url) as connection:
        for role in (*TENANT_ROLES, OWNER):
            held = {table: rights_of(connection, role, f"ticketledger_keys.{table}") for table in TABLES}
            assert held == (RIGHTS if role == KEYKEEPER else dict.fromkeys(TABLES, frozenset()))
        columns = connection.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'ticketledger_keys'::regnamespace and c.relkind = 'r'"
            " and has_column_privilege(%s, c.oid, a.attnum, 'update')",
            [KEYKEEPER],
        ).fetchall()
        assert {table: {name for of, name in columns if of == table} for table in TABLES} == COLUMNS
        schema = "select has_schema_privilege(%s, 'ticketledger_keys', 'create')"
        assert connection.execute(schema, [KEYKEEPER]).fetchone() == (False,)


@pytest.mark.parametrize("statement", DESTRUCTIVE)
def test_the_keykeeper_destroys_nothing_and_the_owner_could(address: KeyStoreAddress, statement: str) -> None:
    with psycopg.connect(address.url) as connection:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)  # the control
        connection.execute(f"set role {KEYKEEPER}")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)


def test_a_store_works_under_the_keykeeper_whose_login_owns_nothing(address: KeyStoreAddress) -> None:
    with login(address.url, KEYKEEPER) as url:
        programs = KeyStoreAddress(url, address.key_file)
        make(programs)
        with closing(programs.store()) as store, closing(address.store()) as owners:
            key = store.key_for("default", STREAM, None)
            lost = new_id()
            store.note_lost("default", [lost])
            assert len(store.blind_key("default")) == 32
            read = owners.keys([key.id, lost])
            assert (type(read[key.id]), read[lost]) == (DataKey, Gone.RECORDED_LOST)
            rewrap(address)
            owners.destroy([key.id])
        with closing(programs.store()) as store:
            assert store.keys([key.id]) == {key.id: Gone.DESTROYED}
            assert isinstance(store.key_for("default", UUID(int=2), None), DataKey)


def test_a_keykeeper_who_would_destroy_or_rewrap_learns_whose_login_it_takes(address: KeyStoreAddress) -> None:
    wanted = "only the owner of the key store may do this: name that login in TICKETLEDGER_KEYS_URL"
    with login(address.url, KEYKEEPER) as url, closing(KeyStoreAddress(url, address.key_file).store()) as store:
        key = store.key_for("default", STREAM, None)
        with pytest.raises(KeysUnavailable, match=wanted):
            store.destroy([key.id])
        with pytest.raises(KeysUnavailable, match=wanted):
            rewrap(KeyStoreAddress(url, address.key_file))


def test_a_superuser_works_under_the_keykeeper_too(address: KeyStoreAddress) -> None:
    with psycopg.connect(address.url, autocommit=True) as owner:
        owner.execute(f"revoke insert on ticketledger_keys.keys from {KEYKEEPER}")
    with closing(address.store()) as store, pytest.raises(KeysUnavailable, match=KEYKEEPER):
        store.key_for("default", STREAM, None)


def test_a_login_that_is_no_member_reads_no_key(address: KeyStoreAddress) -> None:
    with (
        login(address.url) as url,
        closing(KeyStoreAddress(url, address.key_file).store()) as store,
        pytest.raises(KeysUnavailable, match=f"neither a member of {KEYKEEPER} nor the owner"),
    ):
        store.key_for("default", STREAM, None)


def test_a_store_that_was_made_before_the_role_gives_it_its_rights_later(address: KeyStoreAddress) -> None:
    with psycopg.connect(address.url) as connection:
        connection.execute(f"revoke all on all tables in schema ticketledger_keys from {KEYKEEPER}")
        connection.execute(f"revoke all on schema ticketledger_keys from {KEYKEEPER}")
    with closing(address.store()) as store:
        assert isinstance(store.key_for("default", STREAM, None), DataKey)  # under its login, as before
    make(address)
    with psycopg.connect(address.url) as connection:
        assert rights_of(connection, KEYKEEPER, "ticketledger_keys.keys") == RIGHTS["keys"]
