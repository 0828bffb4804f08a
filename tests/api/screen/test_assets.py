"""The files of the pages are kept by browsers for ever, and sent compressed to those that take it."""

from pathlib import Path

import pytest

from api.screen import assets
from api.screen.assets import asset
from tests.support.serving import Served


@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "identity"])
def test_a_file_is_the_same_compressed_and_plain(desk: Served, encoding: str) -> None:
    answer = desk.as_key(None).get(asset("live.js"), headers={"Accept-Encoding": encoding})
    assert answer.headers.get("content-encoding") == ("gzip" if "gzip" in encoding else None)
    assert answer.content == (Path(assets.__file__).parent / "live.js").read_bytes()
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_a_file_of_another_release_is_not_found(desk: Served) -> None:
    name, mark, suffix = asset("live.js").split(".")
    assert desk.get(f"{name}.{mark[::-1]}.{suffix}").status_code == 404
