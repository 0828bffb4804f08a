"""Applications of the library in a database of the test's own."""

from collections.abc import Iterator

import pytest
from eventsourcing.utils import Environment

from domain.event_log.pyeventsourcing import LogFactory


@pytest.fixture
def library_env(database_url: str) -> dict[str, str]:
    """What makes an application of the library use our persistence module."""
    return {"PERSISTENCE_MODULE": "domain.event_log.pyeventsourcing", "DATABASE_URL": database_url}


@pytest.fixture
def bank(library_env: dict[str, str]) -> Iterator[LogFactory]:
    """The factory of an application by the name of bank."""
    with LogFactory(Environment("bank", library_env)) as factory:
        yield factory
