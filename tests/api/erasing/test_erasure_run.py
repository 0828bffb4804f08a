"""An erasure from the request to the certificate, on a real log."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.erasing import TENANT, Erasing, Person, texts_of
from tests.support.key_stores import encrypt, key_store


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def erasing(database_url: str, tmp_path: Path) -> AsyncIterator[Erasing]:
    """An encrypted tenant."""
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        made = Erasing(database_url, store)
        yield made
        await made.close()


@pytest.mark.anyio
async def test_after_an_erasure_no_row_beside_the_log_holds_a_word_of_the_person(erasing: Erasing) -> None:
    person, other = Person("canary", 1), Person("neighbour", 2)
    await erasing.record(person, other)
    erasing.follower.catch_up()
    before = texts_of(erasing.connection)
    assert sum("canary" in text for text in before.values()) > 10
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    after = texts_of(erasing.connection)
    assert {name: text for name, text in after.items() if "canary" in text} == {}
    assert {name: text.count("neighbour") for name, text in after.items()} == {
        name: text.count("neighbour") for name, text in before.items()
    }
    assert {each.table for each in compare(erasing.url, TENANT, PROJECTIONS) if not each.same} == set()
