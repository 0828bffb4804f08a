"""Tables for the figures of customers."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.customers_by_example import READ
from tests.support.filled import filled


@pytest.fixture
def tables(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, READ) as opened:
        yield opened
