"""What the tests of the outside share."""

from collections.abc import Iterator

import pytest

from tests.api.serving import Served, make_key, serving


@pytest.fixture
def desk(database_url: str) -> Iterator[Served]:
    """The default tenant's desk over HTTP, and a key that may do everything."""
    with serving(database_url, key=make_key(database_url)) as served:
        yield served
