"""A file is whole whenever it is seen, and on the disk with its name when the call returns."""

import os
import stat
from pathlib import Path

import pytest

from api.atomic_files import write_atomically


def test_a_file_has_its_mode_whatever_it_had_before(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("old", encoding="utf-8")

    write_atomically(path, "khóa", mode=0o600)

    assert path.read_text(encoding="utf-8") == "khóa"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_of_a_faster_process_stays_where_none_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"

    write_atomically(path, "first", replace=False)
    write_atomically(path, "second", replace=False)

    assert path.read_text(encoding="utf-8") == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_atomically(path, "old")

    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("replace", [True, False])
def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced, sync = tmp_path / "key", [], os.fsync

    def noted(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append(("folder" if is_folder else "file", path.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    write_atomically(path, "key", replace=replace)

    assert synced == [("file", False), ("folder", True)]
