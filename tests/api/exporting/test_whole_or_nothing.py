"""An export leaves its whole file or nothing, whatever interrupts it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.exporting import exporter, parquet_file
from api.exporting.exporter import Format
from api.exporting.partial_output import checked_target, put, whole_or_nothing
from api.exporting.snapshot import ExportFailed, ExportRefused
from tests.support.chaos import exporting
from tests.support.chaos.forked import failure
from tests.support.exported_files import exported_to, manifest_beside
from tests.support.told import Told, told


@pytest.fixture
def desk(exported_template: str, database_url: str) -> Iterator[Told]:  # noqa: ARG001 -- the database is a copy of it
    with told(database_url) as made:
        yield made


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_failure_half_way_leaves_nothing_and_an_older_file_as_it_was(
    desk: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Format
) -> None:
    (tmp_path / "t").write_text("older", encoding="utf-8")

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporter, "manifest_of", full)
    with pytest.raises(OSError, match="No space left"):
        exported_to(desk.dsn, tmp_path / "t", "tickets", kind)
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("t", "older")]
    with pytest.raises(OSError, match="No space left"):
        exported_to(desk.dsn, tmp_path / "all", "everything", kind)
    assert [file.name for file in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "ocel-json", "ocel-sqlite"])
def test_a_full_disk_is_said_and_leaves_nothing(desk: Told, tmp_path: Path, kind: Format) -> None:
    error = failure(exporting.on_a_full_disk, desk.dsn, tmp_path / "events", kind)
    assert error.startswith(("OSError", "api.exporting.snapshot.ExportFailed")), error
    assert str(tmp_path) not in error
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_duckdb_is_said_in_the_words_of_the_system(tmp_path: Path) -> None:
    hidden = tmp_path / ".events.partial" / "events.parquet"
    thrown = {"exception_type": "IO", "exception_message": f'Could not write file "{hidden}"', "errno": "28"}
    of_a_write = f"IO Error: Async write failed for range [offset=1]: {json.dumps(thrown, separators=(',', ':'))}"
    assert parquet_file.reason(of_a_write) == "No space left on device."
    assert parquet_file.reason("Binder Error: no such column\nLINE 1: select") == "Binder Error: no such column"


def test_duckdb_that_gives_up_does_not_stop_the_export_for_ever(
    desk: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for broken in ("no sql", "copy (select * from read_csv('{pipe}', columns = {{'a': 'DATE'}})) to '{file}'"):
        statement = broken

        def wrong(pipe: Path, file: Path, _table: object, statement: str = statement) -> str:
            return statement.format(pipe=pipe, file=file)

        monkeypatch.setattr(parquet_file, "_copy_statement", wrong)
        with pytest.raises(ExportFailed, match="cannot be written"):
            exported_to(desk.dsn, tmp_path / "e.parquet", "events", "parquet")
        assert list(tmp_path.iterdir()) == []


def test_refused_figures_and_a_pipe_that_cannot_be_opened_end_the_export_to_parquet(desk: Told, tmp_path: Path) -> None:
    assert "days" in failure(exporting.of_too_many_days, desk.dsn, tmp_path / "f")
    error = failure(exporting.through_a_pipe_that_cannot_be_opened, desk.dsn, tmp_path / "e")
    assert error == "OSError: no descriptor"
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_no_file_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    to = tmp_path / "file"
    program = (
        "import sys, time; from pathlib import Path; from api.exporting.partial_output import whole_or_nothing\n"
        "with whole_or_nothing(Path(sys.argv[1])) as work:\n"
        "    (work / 'file').write_text('half'); print('ready', flush=True); time.sleep(600)"
    )
    for sent, tidied in ((signal.SIGINT, True), (signal.SIGKILL, False)):
        process = subprocess.Popen(
            [sys.executable, "-c", program, to], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(sent)
        process.wait(60)
        process.stdout.close()
        assert not to.exists()
        assert list(tmp_path.iterdir()) == ([] if tidied else [tmp_path / ".file.partial"])
    with whole_or_nothing(to) as work:
        assert list(work.iterdir()) == []
        (work / "made").write_text("whole", encoding="utf-8")
        put(work / "made", to)
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("file", "whole")]


def test_two_exports_to_one_place_do_not_mix(tmp_path: Path) -> None:
    with whole_or_nothing(tmp_path / "file"):
        with pytest.raises(ExportRefused, match="Another export"), whole_or_nothing(tmp_path / "file"):
            pytest.fail("both write")
        assert (tmp_path / ".file.partial").is_dir()


def test_an_export_whose_folder_another_one_has_just_removed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one ends between two steps of this one, and a third one may begin there."""
    to, work, lock = tmp_path / "file", tmp_path / ".file.partial", fcntl.flock

    def removed(*_: object) -> int:
        work.rmdir()
        raise FileNotFoundError(work)

    def removed_and_locked(descriptor: int, operation: int) -> None:
        work.rmdir()
        lock(descriptor, operation)

    def replaced_and_locked(descriptor: int, operation: int) -> None:
        removed_and_locked(descriptor, operation)
        work.mkdir()

    for module, name, step in (
        (os, "open", removed),
        (fcntl, "flock", removed_and_locked),
        (fcntl, "flock", replaced_and_locked),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, step)
            with pytest.raises(ExportRefused, match="Another export"), whole_or_nothing(to):
                pytest.fail("it writes into a folder that is not there")
    with pytest.raises(ExportRefused, match="is no folder"), whole_or_nothing(tmp_path / "gone" / "file"):
        pytest.fail("it writes into a folder that is not there")
    with pytest.raises(ExportRefused, match="is no folder"):
        checked_target(tmp_path / "gone" / "file", folder=False)


def test_the_manifest_and_the_file_both_have_a_place_or_nothing_is_written(desk: Told, tmp_path: Path) -> None:
    (tmp_path / "t").write_text("older", encoding="utf-8")
    (tmp_path / "t.manifest.json").mkdir()
    with pytest.raises(ExportRefused, match=r"t\.manifest\.json is no file"):
        exported_to(desk.dsn, tmp_path / "t", "tickets", "csv")
    assert (tmp_path / "t").read_text(encoding="utf-8") == "older"


def test_a_new_file_never_stands_beside_an_older_manifest(
    desk: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("t", "t.manifest.json"):
        (tmp_path / name).write_text("older", encoding="utf-8")

    def interrupted(made: Path, to: Path) -> None:
        put(made, to)
        raise KeyboardInterrupt

    monkeypatch.setattr(exporter, "put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        exported_to(desk.dsn, tmp_path / "t", "tickets", "csv")
    assert (tmp_path / "t").read_text(encoding="utf-8") == "older"
    assert manifest_beside(tmp_path / "t")["export"] == "tickets"


def test_a_place_that_cannot_be_replaced_is_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(ExportRefused, match="exists already"):
        checked_target(tmp_path / "full", folder=True)
    for target in (tmp_path / "full", Path(os.devnull)):
        with pytest.raises(ExportRefused, match="is no file"):
            checked_target(target, folder=False)
    (tmp_path / "link").symlink_to(tmp_path / "full" / "file")
    assert checked_target(tmp_path / "link", folder=False) == tmp_path / "full" / "file"
