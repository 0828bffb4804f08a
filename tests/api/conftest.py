"""What the tests of the outside share."""

import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from api.cli import import_, simulate
from api.cli import main as cli
from api.cli.erasure import running
from api.http.past_readings import PastReadings
from api.migrations import migrate
from tests.support.command_line import Answer, Run
from tests.support.exported_desk import fill
from tests.support.run_databases import RUN, RunDatabases
from tests.support.serving import Served, make_key, serving
from tests.support.sla_watching import Watched, watched
from tests.support.worker_thread import WorkerThread


@pytest.fixture(scope="session")
def desk_key_file(pytestconfig: pytest.Config) -> Path:
    """The file of the key that the desks of a run have."""
    return pytestconfig.stash[RUN] / "desk_key"


@pytest.fixture(scope="session")
def keyed_template(run_databases: RunDatabases, template: str, desk_key_file: Path) -> str:
    """The database of a desk with a key that may do everything."""
    return run_databases.made("keyed", lambda dsn: desk_key_file.write_text(make_key(dsn)), template)


@pytest.fixture
def desk(keyed_template: str, database_url: str, desk_key_file: Path) -> Iterator[Served]:  # noqa: ARG001 -- a copy
    """The default tenant's desk over HTTP, and a key that may do everything."""
    with serving(database_url, key=desk_key_file.read_text()) as served:
        yield served


@pytest.fixture
def turn_or_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings of the past do not wait for their turn: they are refused at once."""
    turn = PastReadings.turn
    monkeypatch.setattr(PastReadings, "turn", lambda past, caller, _patience: turn(past, caller, 0.0))


@pytest.fixture(scope="module")
def shared_desk(shared_database_url: str) -> Iterator[Served]:
    """The same for those tests of a module that do not see what the others record."""
    with serving(shared_database_url, key=make_key(shared_database_url)) as served:
        yield served


@pytest.fixture
def roles(database_url: str) -> str:
    """The conninfo of a database whose default tenant is used under the database roles."""
    migrate(database_url)
    return database_url


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command line on the test's own database, in a folder of its own. Followers are threads."""
    for command in (import_, simulate):
        monkeypatch.setattr(command, "WorkerProcess", WorkerThread)
    monkeypatch.setattr(running, "remove_write_ahead_log", lambda _: False)  # the server is that of all tests
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["api", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        printed = capsys.readouterr()
        return Answer(int(exit_.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def server_errors(server: str, run_databases: RunDatabases, pytestconfig: pytest.Config) -> Callable[[], list[str]]:
    """Asks for the ERROR lines that PostgreSQL has written since the test began, about databases of this worker.

    Other workers cause errors on purpose, in databases of the same server. Sessions of tests before may end late.
    """
    log = pytestconfig.stash[RUN] / "data" / "server.log"
    if not log.exists():
        pytest.skip(f"the log of {server} is elsewhere")
    begun = log.stat().st_size
    error = re.compile(rf" (\w+_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_\d+) (ERROR|FATAL): ")
    before = set(run_databases.left)

    def errors() -> list[str]:
        with log.open("rb") as file:
            file.seek(begun)
            lines = file.read().decode(errors="replace").splitlines()
        return [line for line in lines if (of := error.search(line)) and of[1] not in before]

    return errors


@pytest.fixture(scope="session")
def exported_template(run_databases: RunDatabases, template: str) -> str:
    """The database of a desk with something in most of the exported tables."""
    return run_databases.made("exported", fill, template)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def watched_desk(database_url: str) -> AsyncIterator[Watched]:
    """A desk that SLA watches look at, whose clock a test moves."""
    async with watched(database_url) as made:
        yield made
