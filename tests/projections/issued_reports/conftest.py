"""A desk with the tickets of a week, and a connection that reads it."""

from collections.abc import Iterator

import psycopg
import pytest

from domain.ticket.commands import RateSatisfaction, ResolveTicket
from tests.support.told import Told, march, told


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    """Two tickets of the week, one of them resolved and rated."""
    with told(database_url) as desk:
        rated = desk.ticket(march(2, 3))
        desk.send(rated, ResolveTicket(resolution="done", occurred_at=march(2, 5)))
        desk.send(rated, RateSatisfaction(score=5, occurred_at=march(3)))
        desk.ticket(march(8, 23))
        desk.follow()
        yield desk


@pytest.fixture
def connection(desk: Told) -> Iterator[psycopg.Connection]:
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection
