"""One real PostgreSQL for the whole run, and a database of its own for every test that asks.

DATABASE_URL (a superuser's) or PG_BIN chooses the server; otherwise it is the embedded one, in a folder that is thrown
away. Where the tests' own server is embedded it does not wait for the disk; test_database.py starts servers that do.
"""

import gc
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import psycopg
import pytest
from hypothesis.internal.conjecture import providers
from psycopg import sql

from api.database import database
from api.migrations import migrate
from domain.event_types import register_event_types
from projections.engine.gc_pause import full_collections_rare
from tests.support.examples import THOROUGH, examples
from tests.support.page_tests.left_out import left_out
from tests.support.run_databases import RUN, RunDatabases, made_databases, reachable_folder
from tests.support.server_users import ALONE

register_event_types()

HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "autovacuum": "off",  # it would look at thousands of copies
    "log_line_prefix": "%m [%p] %d ",  # tests read the lines of their own databases
}

WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))

# Unchanged code draws the same examples in each run, so that no run fails by chance. THOROUGH=1 draws anew.
# No deadline, and no limit for drawing: a slow computer is no defect. How to repeat a failure is printed with it.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
    max_examples=examples(100),
    derandomize=not THOROUGH,
)
hypothesis.settings.load_profile("suite")
if not THOROUGH:  # else constants of all loaded files are drawn: a test would draw otherwise beside other tests
    providers._get_local_constants = lambda: providers._local_constants


def prepare_template(dsn: str) -> None:
    """Fills the database that every test's own is copied from: the default tenant, empty."""
    migrate(dsn)


def pytest_configure(config: pytest.Config) -> None:
    """The folder of this run, made by the first process and told to the workers of pytest-xdist.

    Compiled modules are kept, whatever the surroundings say: without them each worker and each program compiles all.
    """
    worker = getattr(config, "workerinput", None)
    config.stash[RUN] = Path(worker["run"]) if worker else reachable_folder("ticketledger-tests-")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_configure_node(node: pytest.Item) -> None:
    node.workerinput["run"] = str(node.config.stash[RUN])  # type: ignore[attr-defined]  # pytest-xdist's node


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects without the cyclic collector, which then leaves alone what was collected: half a million objects."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        full_collections_rare()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Each worker loads the files of a folder in an order of its own.

    Side by side, all workers would compile each file of a fresh checkout at the same time.
    """
    report = yield
    if isinstance(collector, pytest.Directory) and WORKERS > 1:
        random.Random(os.environ["PYTEST_XDIST_WORKER"]).shuffle(report.result)  # noqa: S311 -- no secret
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All workers run the tests in the order of their files."""
    if WORKERS > 1:
        items.sort(key=lambda item: item.path)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or RUN not in config.stash:
        return
    run = config.stash[RUN]
    url = os.environ.get("DATABASE_URL")
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in made_databases(run):
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    shutil.rmtree(run, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in left_out(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The conninfo of the run's server, as its superuser; the first worker starts it, the others join."""
    with database(pytestconfig.stash[RUN] / "data", settings=HASTY) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def run_databases(server: str, pytestconfig: pytest.Config) -> Iterator[RunDatabases]:
    """The databases that all workers of the run share."""
    with closing(RunDatabases(server, pytestconfig.stash[RUN])) as databases:
        yield databases


@pytest.fixture(scope="session")
def template(run_databases: RunDatabases) -> str:
    """The name of the database that the tests' own are copied from."""
    return run_databases.made("template", prepare_template)


@pytest.fixture
def database_url(run_databases: RunDatabases, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The conninfo of a fresh database, copied from the template and dropped after the test.

    A test with a fixture whose name ends with ``_template`` gets a copy of the database of that name.
    """
    filled = [fixture for fixture in request.fixturenames if fixture.endswith("_template")]
    with run_databases.copied(request.getfixturevalue(filled[0]) if filled else template) as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
def shared_database_url(run_databases: RunDatabases, template: str) -> Iterator[str]:
    """The conninfo of a copy of the template for those tests of a module that do not see what the others record."""
    with run_databases.copied(template) as conninfo:
        yield conninfo


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    """A new folder that may hold an embedded server; whoever starts one stops it."""
    folder = reachable_folder("ticketledger-data-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def unused_cluster(pytestconfig: pytest.Config) -> Path:
    """The files of an embedded server that has started once, without a tenant."""
    folder = pytestconfig.stash[RUN] / f"unused-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with database(folder, ALONE):
        pass
    return folder / "postgres"


@pytest.fixture
def data_folder(empty_folder: Path, unused_cluster: Path) -> Path:
    """The data folder of an embedded server that has not started yet; beside it there is room for others."""
    folder = empty_folder / "data"
    folder.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", unused_cluster, folder], check=True)  # with the owner of each file
    return folder
