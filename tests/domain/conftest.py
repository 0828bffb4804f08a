"""A tenant's log in a database of the test's own."""

from functools import partial
from types import SimpleNamespace

import psycopg
import pytest

from domain import service_desk
from domain.event_log.schema import LOG, make_once
from tests.support.making import TENANT


@pytest.fixture
def log_url(database_url: str) -> str:
    """The conninfo of a database that holds the empty log of TENANT."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        make_once(connection, TENANT, LOG)
    return database_url


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines in tests run in asyncio, as the program does."""
    return "asyncio"


@pytest.fixture
def halved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Desks halve what is there."""
    monkeypatch.setattr(service_desk, "Halving", partial(SimpleNamespace, on=True, served=lambda _commands: None))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Desks take all that is there."""
    monkeypatch.setattr(service_desk, "Halving", partial(SimpleNamespace, on=False, served=lambda _commands: None))
