"""An encrypted tenant whose persons can be erased."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.erasing import erasure_runner
from tests.support.erasing import TENANT, Erasing
from tests.support.key_stores import encrypt, key_store


@pytest.fixture(autouse=True)
def no_key_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits until other processes have forgotten destroyed keys: there is none."""
    monkeypatch.setattr(erasure_runner, "KEYS_IN_MEMORY", 0.0)


@pytest.fixture
async def erasing(database_url: str, tmp_path: Path) -> AsyncIterator[Erasing]:
    """An encrypted tenant."""
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        made = Erasing(database_url, store)
        yield made
        await made.close()
