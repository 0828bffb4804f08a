"""One real PostgreSQL for the whole run, and a database of its own for every test that asks.

DATABASE_URL (a superuser's) or PG_BIN chooses the server; otherwise it is the embedded one, in a folder that is thrown
away. Where the tests' own server is embedded it does not wait for the disk; test_database.py starts servers that do.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.database import database
from api.migrations import migrate
from domain.event_log.roles import OWNER
from domain.event_types import register_event_types
from tests.support.run_databases import RUN, sample_of, template_of

register_event_types()

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
SERIAL = itertools.count()

# No deadline: a slow computer is no defect. The seed is printed with a failure.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")


def prepare_template(dsn: str) -> None:
    """Fills the database that every test's own is copied from: the default tenant, empty."""
    migrate(dsn)


def pytest_configure(config: pytest.Config) -> None:
    """The folder of this run, made by the first process and told to the workers of pytest-xdist."""
    worker = getattr(config, "workerinput", None)
    config.stash[RUN] = Path(worker["run"]) if worker else reachable_folder("ticketledger-tests-")


def pytest_configure_node(node: pytest.Item) -> None:
    node.workerinput["run"] = str(node.config.stash[RUN])  # type: ignore[attr-defined]  # pytest-xdist's node


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or RUN not in config.stash:
        return
    run = config.stash[RUN]
    url = os.environ.get("DATABASE_URL")
    if url and (run / "template").exists():
        with psycopg.connect(url, autocommit=True) as connection:
            for name in (template_of(run), sample_of(run)):
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    shutil.rmtree(run, ignore_errors=True)


def reachable_folder(prefix: str) -> Path:
    """A new folder under the system's temporary one that the server's user may pass through, also when root runs it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The conninfo of the run's server, as its superuser; the first worker starts it, the others join."""
    with database(pytestconfig.stash[RUN] / "data", settings=HASTY) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def template(server: str, pytestconfig: pytest.Config) -> str:
    """The name of the database that the tests' own are copied from, made by whichever worker is first."""
    run = pytestconfig.stash[RUN]
    name = template_of(run)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", [name])
        if not (run / "template").exists():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            prepare_template(make_conninfo(server, dbname=name))
            (run / "template").touch()
    return name


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """The conninfo of a fresh database, copied from the template and dropped after the test."""
    name = f"{template}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(SERIAL)}"
    copy = sql.SQL("create database {} template {} strategy file_copy")  # twice as fast here as wal_log
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        rights = sql.SQL("grant create on database {} to {}")  # a copy has those of its tables alone
        connection.execute(rights.format(sql.Identifier(name), sql.Identifier(OWNER)))
    yield make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A new folder that may hold an embedded server; whoever starts one stops it."""
    folder = reachable_folder("ticketledger-data-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
