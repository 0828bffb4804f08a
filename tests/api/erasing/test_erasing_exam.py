"""The exam of erasure in a small size, and its control."""

from pathlib import Path

import pytest

from tests.support.erasing_exam import examine


@pytest.mark.parametrize("destroys", [True, False], ids=["keys destroyed", "keys kept"])
def test_no_canary_word_is_left_where_keys_are_destroyed_and_some_where_they_are_kept(
    database_url: str, tmp_path: Path, destroys: bool
) -> None:
    found = examine(database_url, 10 if destroys else 2, tmp_path, destroys=destroys, pause=0)
    assert found.clean == destroys, found
    assert found.hits["dump"] == 0
