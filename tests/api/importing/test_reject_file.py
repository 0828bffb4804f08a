"""The reject file: what it replaces, and what it never overwrites."""

from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest

from api.importing.recorder import Recorder
from api.importing.reject_file import RejectFile
from tests.support.importing.histories import log, record, rejected, rejects_of, row, write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def test_no_reject_file_is_left_behind_when_every_row_was_fit(database_url: str, file: Path) -> None:
    record(database_url, write(file, [row("New")]))
    assert not rejects_of(file).exists()


def test_a_file_of_somebody_elses_is_never_taken_for_the_rejected_rows(database_url: str, file: Path) -> None:
    for rows in ([row("New")], [row("New", ticket="")]):
        write(file, rows)
        rejects_of(file).write_text("what Lan has noted\n")
        with pytest.raises(FileExistsError, match="something else"):
            record(database_url, file)
        assert rejects_of(file).read_text() == "what Lan has noted\n"
        rejects_of(file).unlink()
        rejects_of(file).mkdir()
        with pytest.raises(FileExistsError, match="is no file"):
            record(database_url, file)
        rejects_of(file).rmdir()
    assert log(database_url) == []


def test_the_rejected_rows_take_the_place_of_those_of_the_import_before(database_url: str, file: Path) -> None:
    for tickets, lines in ((["", "T1", ""], [2, 4]), (["T1", ""], [3]), (["T1"], [])):
        record(database_url, write(file, [row("New", ticket=ticket) for ticket in tickets]))
        assert [line for line, _, _ in rejected(file)] == lines
        assert rejects_of(file).exists() == bool(lines)
        assert list(file.parent.glob("*.unfinished")) == []


def test_an_import_that_fails_leaves_the_rejected_rows_of_the_one_before(database_url: str, file: Path) -> None:
    record(database_url, write(file, [row("New", ticket="")]))
    before = rejects_of(file).read_text()
    with (
        patch.object(Recorder, "decide", side_effect=psycopg.OperationalError),
        pytest.raises(psycopg.OperationalError),
    ):
        record(database_url, write(file, [row("New"), row("New", ticket="")]))
    assert rejects_of(file).read_text() == before
    assert list(file.parent.glob("*.unfinished")) == []


def test_what_killed_imports_left_beside_their_reject_file_is_removed_by_the_next(tmp_path: Path) -> None:
    """But not what an import that still runs writes."""
    rejects = tmp_path / "rejected.csv"
    left = tmp_path / "rejected.csv.abc.unfinished"
    left.touch()
    with RejectFile(rejects):
        assert not left.exists()
        with RejectFile(rejects):
            assert len(list(tmp_path.glob("*.unfinished"))) == 2
    assert list(tmp_path.iterdir()) == []
