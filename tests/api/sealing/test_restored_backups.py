"""A database that is older than what was signed last is named, also before anything new is recorded."""

import shutil
from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing.key_file import made_key, read_key
from api.sealing.signed_heads import SealingStopped, SignedHead, SignedHeads, signed_folder
from domain.checkpoint.checkpoint import origin_of
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.sealing import published, record, sealer_of

CUT_OFF = "a tree of 20 rows of the log events was signed, and now it covers 6: the tree or the log was cut off"


@pytest.fixture
def sealed(connection: Connection, database_url: str, key_file: Path) -> Connection:
    """A log whose 6 rows are sealed."""
    made_key(key_file)
    record(connection, 5)
    sealer_of(database_url, key_file).catch_up(connection)
    return connection


def sign(key: Path, size: int) -> None:
    """Says that another tree of so many rows was signed last."""
    origin = origin_of(read_key(key).database, DEFAULT, "events")
    SignedHeads(key).keep(origin, SignedHead(6, size, bytes(32)))


def sealing(run: Run) -> tuple[bool, str]:
    (check,) = [each for each in run("doctor", "--json").json if each["check"] == "sealing events"]
    return check["sound"], check["seen"]


def test_a_sealer_with_nothing_to_seal_names_a_database_that_is_older_than_what_it_signed(
    sealed: Connection, database_url: str, key_file: Path, run: Run
) -> None:
    assert sealer_of(database_url, key_file).catch_up(sealed) == 0
    sign(key_file, 20)
    with pytest.raises(SealingStopped, match=CUT_OFF):
        sealer_of(database_url, key_file).catch_up(sealed)
    stopped = run("seal", "--once")
    assert (stopped.code, CUT_OFF in stopped.err) == (1, True)


@pytest.mark.usefixtures("sealed")
def test_the_doctor_names_a_database_that_is_older_than_what_was_signed(key_file: Path, run: Run) -> None:
    assert sealing(run)[0]
    sign(key_file, 20)
    sound, seen = sealing(run)
    assert (sound, CUT_OFF in seen, "tell those who keep checkpoints" in seen) == (False, True, True)


@pytest.mark.usefixtures("sealed")
def test_the_doctor_names_a_tree_that_does_not_begin_with_the_one_that_was_signed(key_file: Path, run: Run) -> None:
    sign(key_file, 4)
    assert sealing(run)[1].startswith("the tree does not begin with the 4 rows that were signed last")


def test_the_doctor_calls_a_tree_sound_whose_sealer_ended_before_its_checkpoint_was_stored(
    sealed: Connection, key_file: Path, run: Run
) -> None:
    record(sealed, 14)
    sign(key_file, 20)
    assert sealing(run)[0]


def test_the_doctor_names_a_published_checkpoint_that_the_database_has_lost(
    sealed: Connection, database_url: str, key_file: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole machine is restored from a backup, also what was signed last; the folder is elsewhere."""
    channels = tmp_path / "channels.toml"
    channels.touch(0o600)
    channels.write_text(f'[checkpoints]\nfolder = "{tmp_path}/out"\n', encoding="utf-8")
    monkeypatch.setenv("TICKETLEDGER_CHANNELS", str(channels))
    assert sealing(run)[0]
    published(database_url, tmp_path / "out", sealed)
    assert sealing(run)[0]
    sealed.execute("update tenant_default.events set state = state || ' ' where position = 5")
    sealed.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    shutil.rmtree(signed_folder(key_file))
    sealer_of(database_url, key_file).catch_up(sealed)
    sound, seen = sealing(run)
    assert (sound, "has a checkpoint of 6 rows with which the tree of 6 rows does not begin" in seen) == (False, True)


@pytest.mark.usefixtures("sealed")
def test_the_doctor_needs_no_sealing_key(key_file: Path, run: Run) -> None:
    sign(key_file, 20)
    key_file.unlink()
    assert sealing(run)[0]
