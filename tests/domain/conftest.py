"""A tenant's log in a database of the test's own."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.event_log.roles import grant_writer
from domain.event_log.tables import LOG, make_once
from domain.ids import new_id
from tests.support.desks import RECEIVE
from tests.support.log import TENANT
from tests.support.registered import register
from tests.support.run_databases import RunDatabases


@pytest.fixture(scope="session")
def log_template(run_databases: RunDatabases, template: str) -> str:
    """The database of the empty log of TENANT."""

    def fill(dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            make_once(connection, TENANT, LOG)

    return run_databases.made("log", fill, template)


@pytest.fixture
def log_url(log_template: str, database_url: str) -> str:  # noqa: ARG001 -- the database is a copy of it
    """The conninfo of a database that holds the empty log of TENANT."""
    return database_url


@pytest.fixture
def desk_url(log_url: str) -> str:
    """The same; the log holds the registration of the customer of RECEIVE."""
    register(log_url, RECEIVE.customer_id, tenant=TENANT)
    return log_url


@pytest.fixture
def writer_url(log_url: str) -> Iterator[str]:
    """The conninfo of a role that was granted the writing of TENANT's log and nothing else; "other" is a neighbour."""
    writer = "ledger_writer_" + new_id().hex[:12]
    role = sql.Identifier(writer)
    with psycopg.connect(log_url, autocommit=True) as connection:
        make_once(connection, "other", LOG)
        connection.execute(sql.SQL("create role {} login password 'writer'").format(role))
        grant_writer(connection, TENANT, writer)
        yield make_conninfo(log_url, user=writer, password="writer")  # noqa: S106 -- of a role that lives for one test
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines in tests run in asyncio, as the program does."""
    return "asyncio"
