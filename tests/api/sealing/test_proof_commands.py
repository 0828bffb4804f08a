"""Sealing and proofs on the command line."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from psycopg import Connection

from api.cli.printing import say_whole
from api.sealing.signed_heads import signed_folder
from api.sealing.tile_path import NamedTile, tile_of
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import PublicKey
from domain.checkpoint.note import Note
from domain.zones import zone_named
from tests.support.command_line import Run
from tests.support.sealing import record


def test_a_key_is_made_once_and_recorded(run: Run, key_file: Path) -> None:
    assert "There is no sealing key" in run("seal", "--once").err
    first = run("seal", "--init", "--tenant", "default")
    assert PublicKey.of(first.out.splitlines()[0]).name.endswith("/default/events")
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert run("seal", "--init").out == first.out
    rotated = run("seal", "--rotate").out
    assert rotated != first.out
    assert run("seal", "--init", "--rotate").code == 2
    assert run("checkpoint", "--json").json["keys"] == [first.out.splitlines()[0], rotated.splitlines()[0]]


def test_a_public_key_is_one_line_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"Public key: ticketledger/{'5b0d3c7e' * 10}/default/events+38d1f1a6+ATEy"
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    say_whole(key)
    assert capsys.readouterr().err == f"{key}\n"


def test_without_a_named_key_a_server_of_ones_own_is_not_sealed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TICKETLEDGER_SEALING_KEY", raising=False)
    assert "name the file of the sealing key" in run("seal", "--once").err


def test_a_checkpoint_a_proof_and_a_kept_checkpoint(
    run: Run, key_file: Path, connection: Connection, tmp_path: Path
) -> None:
    assert run("checkpoint").code == 1
    run("seal", "--init")
    record(connection, 5)
    assert "rows of the tenant default were sealed" in run("seal", "--once").err
    shown = run("checkpoint")
    assert Checkpoint.of(Note.of(shown.out).text).size == 6
    assert "Everything in the log is covered" in shown.err
    signed_at = datetime.fromisoformat(run("checkpoint", "--json").json["signed_at"])
    for zone in ("Asia/Ho_Chi_Minh", "UTC"):
        printed = run("checkpoint", *(() if zone == "Asia/Ho_Chi_Minh" else ("--zone", zone))).err
        assert f"signed at {signed_at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M:%S}, {zone}." in printed
    kept = tmp_path / "kept.txt"
    kept.write_text(shown.out, "utf-8")
    record(connection, 5)
    assert "Not covered yet: 5 rows, positions 7 to 11" in run("checkpoint").err
    assert run("proof", "8").code == 2
    run("seal", "--once")
    proven = run("proof", "3")
    assert (proven.code, proven.out.splitlines()[0]) == (0, "The row is as it was sealed.")
    leaf = run("proof", "3", "--json").json["leaf"]
    assert run("proof", leaf, "--json").json["position"] == 3
    connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    grown = run("consistency", str(kept))
    assert (grown.code, "The tree only grew" in grown.out, "reads no row" in grown.out) == (0, True, True)
    assert run("consistency", "6", "11", "--json").json["old"] == 6
    for words in (("proof", "nine"), ("proof", "99"), ("consistency", "99"), ("consistency", str(key_file))):
        assert run(*words).code == 2


def test_a_changed_row_and_a_replaced_log_are_told(
    run: Run, key_file: Path, connection: Connection, tmp_path: Path
) -> None:
    run("seal", "--init")
    record(connection, 5)
    run("seal", "--once")
    kept = tmp_path / "kept.txt"
    kept.write_text(run("checkpoint").out, "utf-8")
    connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    changed = run("proof", "3")
    assert (changed.code, "NOT THE ONE THAT WAS SEALED" in changed.out) == (1, True)
    connection.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    shutil.rmtree(signed_folder(key_file))
    run("seal", "--once")  # whoever holds the key and its folder builds another tree
    replaced = run("consistency", str(kept))
    assert (replaced.code, "THE LOG IS NOT THE ONE" in replaced.out) == (1, True)
    assert ("there are two histories" in replaced.out, "only grew" in replaced.out) == (True, False)
    assert run("consistency", str(kept), "--json").json["kept_is_same"] is False


@pytest.mark.usefixtures("key_file")
def test_a_log_that_is_shorter_than_a_kept_checkpoint_is_told(run: Run, connection: Connection, tmp_path: Path) -> None:
    run("seal", "--init")
    record(connection, 2)
    run("seal", "--once")
    connection.execute("create table kept_tree as table tenant_default.tree_tiles")
    record(connection, 5)
    run("seal", "--once")
    kept = tmp_path / "kept.txt"
    kept.write_text(run("checkpoint").out, "utf-8")
    for restored in (
        "delete from tenant_default.events where position > 3; update tenant_default.log_head set position = 3",
        "delete from tenant_default.checkpoints where size > 3; update tenant_default.tree_sizes set size = 3",
        "delete from tenant_default.tree_tiles; insert into tenant_default.tree_tiles table kept_tree",
    ):
        connection.execute(restored.encode())
    assert run("consistency", "8").code == 2  # nobody kept that
    shorter = run("consistency", str(kept))
    sentence = "THE LOG IS SHORTER THAN THE ONE THAT YOU KEPT A CHECKPOINT OF: that had 8 rows"
    assert (shorter.code, sentence in " ".join(shorter.out.split())) == (1, True)
    assert run("consistency", str(kept), "--json").json == {"old": 8, "new": 3, "kept_is_same": False}


@pytest.mark.usefixtures("key_file")
def test_a_kept_checkpoint_of_another_log_is_no_log_that_was_cut_off(
    run: Run, connection: Connection, tmp_path: Path
) -> None:
    run("seal", "--init")
    record(connection, 5)
    run("seal", "--once")
    kept = tmp_path / "kept.txt"
    for size in (1, 600):
        kept.write_text(run("checkpoint").out.replace("default/events\n6\n", f"default/access\n{size}\n"), "utf-8")
        other = run("consistency", str(kept))
        words = " ".join(other.out.split())
        assert (other.code, "NOT THE ONE THAT YOU KEPT" in words, "default/access, and this is" in words) == (
            1,
            True,
            True,
        )


def test_a_path_of_a_tile_is_read_in_its_one_spelling() -> None:
    paths = ["0/000", "1/999.p/17", "0/x001/000", "2/x001/x234/067.p/255"]
    tiles = [NamedTile(0, 0, 256), NamedTile(1, 999, 17), NamedTile(0, 1_000, 256), NamedTile(2, 1_234_067, 255)]
    assert [tile_of(path) for path in paths] == tiles
    for path in ("", "0/0", "00/000", "64/000", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000/", "a/000"):
        assert tile_of(path) is None


@pytest.mark.usefixtures("key_file")
def test_the_answers_are_json(run: Run) -> None:
    run("seal", "--init")
    run("seal", "--once")
    for words in (("checkpoint",), ("proof", "1"), ("consistency", "1")):
        assert json.loads(run(*words, "--json").out)["log"] == "events"
