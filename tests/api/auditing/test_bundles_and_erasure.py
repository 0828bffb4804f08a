"""Bundles of an encrypted tenant: they hold no word of a person, and prove the same after an erasure."""

from pathlib import Path

import pytest

from api.sealing.key_file import made_key
from tests.support.erasing import TENANT, Erasing, Person
from tests.support.key_stores import encrypt, key_store
from tests.support.sealed_desk import SealedDesk
from tests.support.signed_logs import unpacked


@pytest.mark.anyio
async def test_a_bundle_holds_no_word_of_a_person_and_proves_the_log_before_and_after_an_erasure(
    database_url: str, tmp_path: Path
) -> None:
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        erasing, person = Erasing(database_url, store), Person("canary", 1)
        await erasing.record(person)
        desk = SealedDesk(database_url, erasing.connection, tmp_path)
        made_key(desk.key)
        desk.seal()
        kept = desk.checkpoint()
        before = desk.export("before.zip")
        await erasing.approve(person.customer)
        await erasing.runner.run([person.customer])
        desk.seal()
        after = desk.export("after.zip", since=kept)
        keys = desk.public()
        await erasing.close()
        assert after.lines > before.lines
        for name in ("before.zip", "after.zip"):
            code, answer = desk.verified(name, keys=keys, since=kept)
            assert (code, answer["verdict"], answer["consistent_with"]) == (0, "complete", before.size)
            assert not [
                part for part, content in unpacked((tmp_path / name).read_bytes()).items() if b"canary" in content
            ]
        old, new = (unpacked((tmp_path / name).read_bytes())["events.jsonl"] for name in ("before.zip", "after.zip"))
        assert new.startswith(old)  # the stored bytes of every earlier line stay
