"""Files with personal data are for their owner alone, also where others could read what they replace."""

import stat
from pathlib import Path

import pytest

from api.private_files import private_folder, write_private


def test_a_file_that_others_could_read_is_for_its_owner_alone_once_it_holds_personal_data(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_bytes(b"a longer text that was there before")
    path.chmod(0o644)

    write_private(path, b"Lan")

    assert path.read_bytes() == b"Lan"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    write_private(path, b"Lan", new=True)
    with pytest.raises(FileExistsError):
        write_private(path, b"Binh", new=True)
    assert path.read_bytes() == b"Lan"


def test_a_folder_is_for_its_owner_alone_and_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    made, there = tmp_path / "made", tmp_path / "there"
    there.mkdir(mode=0o755)
    for folder in (made, there):
        private_folder(folder)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (made, there)] == [0o700, 0o755]
