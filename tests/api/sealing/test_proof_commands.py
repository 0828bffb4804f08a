"""Sealing and proofs on the command line, and a witness."""

import asyncio
import json
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg import Connection

from api.channels.configuration import read_channels
from api.channels.webhook import WebhookEndpoint
from api.cli.printing import say_whole
from api.sealing import tree_store
from api.sealing.publishing import Publisher, step_of
from api.sealing.signed_heads import signed_folder
from api.sealing.tile_path import NamedTile, tile_of
from api.sealing.witness import Witness
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.cosignature import verified_time
from domain.checkpoint.keys import PrivateKey, PublicKey
from domain.checkpoint.note import Note, signed_note
from domain.checkpoint.witness import Advance, WitnessRefused
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.receiver import receiving
from tests.support.sealing import record, sealer_of
from tests.support.serving import listening, make_key

SECRET = "whsec_" + "QUJD" * 10


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "sealing_key"
    monkeypatch.setenv("TICKETLEDGER_SEALING_KEY", str(path))
    return path


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
    assert re.search(r"signed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00\.", shown.err)
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
    assert run("consistency", str(kept), "--json").json["kept_is_same"] is False


def published(url: str, folder: Path, connection: Connection) -> None:
    assert Publisher(url, DEFAULT, folder, None, folder).publish(connection)


def test_a_witness_follows_a_folder_and_cosigns(
    run: Run, key_file: Path, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    public = run("seal", "--init").out.splitlines()[0]
    sealer, folder, state = sealer_of(database_url, key_file), tmp_path / "out", tmp_path / "state"
    source = folder / DEFAULT / "events"
    words = ("witness", str(source), "--key", public, "--state", str(state), "--name", "audit.example/w1")
    for events in (2, 3, 300):
        record(connection, events)
        sealer.catch_up(connection)
    published(database_url, folder, connection)
    first = run(*words)
    assert (first.code, "first checkpoint" in first.err) == (0, True)
    note = Note.of(first.out)
    note.verify(PublicKey.of(public))
    witness = PublicKey.of(first.err.splitlines()[-1].removeprefix("Public key of the witness: "))
    assert verified_time(note, witness) > 1_700_000_000
    for events in (1, 2):
        record(connection, events)
        sealer.catch_up(connection)
        published(database_url, folder, connection)
    again = run(*words, "--json").json
    assert (again["size"], again["before"]) == (309, 306)
    assert run(*words, "--json").json["before"] == 309
    assert [file.name[-15:] for file in sorted(source.glob("*.checkpoint"))] == [
        f"{size:04}.checkpoint" for size in (3, 6, 306, 307, 309)
    ]
    assert (source / "latest").read_text("utf-8") == max(source.glob("*.checkpoint")).read_text("utf-8")


def test_a_witness_refuses_a_fork_and_a_log_that_was_cut_off(
    run: Run, key_file: Path, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    public = run("seal", "--init").out.splitlines()[0]
    state = tmp_path / "state"

    def witnessed(folder: str) -> str:
        sealer_of(database_url, key_file).catch_up(connection)
        published(database_url, tmp_path / folder, connection)
        source = str(tmp_path / folder / DEFAULT / "events")
        answer = run("witness", source, "--key", public, "--state", str(state), "--name", "w")
        return f"{answer.code} {answer.err}"

    record(connection, 9)
    assert witnessed("true").startswith("0 It is the first")
    connection.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    shutil.rmtree(signed_folder(key_file))
    connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    assert "1 NOT COSIGNED. The log was forked" in witnessed("same size")
    record(connection, 1)
    assert "1 NOT COSIGNED. The" in witnessed("same size")
    connection.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    shutil.rmtree(signed_folder(key_file))
    connection.execute("delete from tenant_default.events where position > 5")
    connection.execute("update tenant_default.log_head set position = 5")
    assert "1 NOT COSIGNED. The log was cut off or replaced" in witnessed("shorter")
    other = run("witness", str(tmp_path / "nowhere"), "--key", public, "--state", str(state), "--name", "w")
    assert (other.code, "no folder and no address" in other.err) == (2, True)


def test_two_runs_of_a_witness_cosign_one_of_two_forks(tmp_path: Path) -> None:
    log = PrivateKey.made()
    forks = [signed_note(Checkpoint("log", 3, bytes([n]) * 32).text, log, "log") for n in (1, 2)]
    first, second = (Witness(tmp_path, "w", [log.named("log")]) for _ in forks)
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Advance]:
        begun.set()
        go_on.wait()
        yield Advance(0, (), forks[0])

    with ThreadPoolExecutor() as threads:
        one = threads.submit(first.cosign, slow(), 1)
        begun.wait()
        other = threads.submit(second.cosign, iter([Advance(0, (), forks[1])]), 1)
        go_on.set()
        one.result()
        with pytest.raises(WitnessRefused, match="forked"):
            other.result()


def test_a_witness_follows_a_server(
    run: Run, key_file: Path, connection: Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = run("seal", "--init").out.splitlines()[0]
    monkeypatch.setenv("TICKETLEDGER_API_KEY", make_key(database_url, "audit"))
    sealer = sealer_of(database_url, key_file)
    with listening(database_url) as address:
        words = ("witness", f"{address}/v1/proofs/events", "--key", public, "--state", str(tmp_path / "state"))
        for events, before in ((4, None), (2, 6)):
            record(connection, events)
            sealer.catch_up(connection)
            answer = run(*words, "--name", "w", "--json").json
            assert (answer["cosigned"], answer["before"]) == (True, before)
        monkeypatch.setenv("TICKETLEDGER_API_KEY", "wrong")
        assert run(*words, "--name", "w").code == 2


@pytest.mark.usefixtures("key_file")
def test_a_publisher_tells_when_an_older_backup_was_restored(
    run: Run, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    run("seal", "--init")
    run("seal", "--once")
    published(database_url, tmp_path, connection)
    connection.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    with pytest.raises(Exception, match="an older backup was restored"):
        published(database_url, tmp_path, connection)


def forked(connection: Connection, database_url: str, key: Path) -> None:
    """Another tree of the same log, by whoever holds the key and its folder."""
    connection.execute("update tenant_default.events set state = state || ' ' where position = 1")
    connection.execute("truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints")
    shutil.rmtree(signed_folder(key))
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)


def test_a_fork_is_not_published_over_the_checkpoint_in_the_folder(
    connection: Connection, database_url: str, key: Path, tmp_path: Path
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    published(database_url, tmp_path / "out", connection)
    latest = tmp_path / "out" / DEFAULT / "events" / "latest"
    honest = latest.read_bytes()
    forked(connection, database_url, key)
    with pytest.raises(tree_store.NotSealed, match=r"does not follow from the one in .*The log was forked"):
        published(database_url, tmp_path / "out", connection)
    assert latest.read_bytes() == honest


@pytest.mark.anyio
async def test_a_fork_is_not_sent_to_a_webhook_by_a_publisher_that_begins_anew(
    connection: Connection, database_url: str, key: Path, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        webhook = WebhookEndpoint.model_validate({"url": receiver.url, "secrets": [SECRET], "allow": ["127.0.0.0/8"]})
        record(connection, 2)
        sealer_of(database_url, key).catch_up(connection)
        publisher = Publisher(database_url, DEFAULT, None, webhook, tmp_path / "sent")
        assert await asyncio.to_thread(publisher.publish, connection)
        forked(connection, database_url, key)
        publisher = Publisher(database_url, DEFAULT, None, webhook, tmp_path / "sent")
        with pytest.raises(tree_store.NotSealed, match="The log was forked"):
            await asyncio.to_thread(publisher.publish, connection)
    assert [got.json["size"] for got in receiver.got] == [3]


@pytest.mark.anyio
async def test_the_newest_checkpoint_goes_to_a_webhook_until_it_is_taken(
    connection: Connection, database_url: str, key: Path
) -> None:
    async with receiving() as receiver:
        webhook = WebhookEndpoint.model_validate({"url": receiver.url, "secrets": [SECRET], "allow": ["127.0.0.0/8"]})
        publisher = Publisher(database_url, DEFAULT, None, webhook, key.parent / "sent")
        receiver.says.append(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        record(connection, 2)
        sealer_of(database_url, key).catch_up(connection)
        taken = [await asyncio.to_thread(publisher.publish, connection) for _ in range(3)]
        record(connection, 2)
        sealer_of(database_url, key).catch_up(connection)
        taken.append(await asyncio.to_thread(publisher.publish, connection))
    assert taken == [False, True, True, True]
    assert [(got.json["old"], got.json["size"]) for got in receiver.got] == [(0, 3), (0, 3), (3, 5)]
    assert all(got.headers["webhook-signature"].startswith("v1,") for got in receiver.got)
    assert Checkpoint.of(Note.of(receiver.got[-1].json["checkpoint"]).text).size == 5


def test_a_running_sealer_publishes_what_it_seals(
    connection: Connection, database_url: str, key: Path, tmp_path: Path
) -> None:
    publisher = Publisher(database_url, DEFAULT, tmp_path, None, tmp_path)
    latest = tmp_path / DEFAULT / "events" / "latest"
    stop = threading.Event()
    sealer = sealer_of(database_url, key, publisher.wake)
    threads = [threading.Thread(target=run, args=[stop]) for run in (sealer.run, publisher.run)]
    record(connection, 3)
    for thread in threads:
        thread.start()
    try:
        for _ in range(600):
            if latest.exists() and Checkpoint.of(step_of(latest.read_text("utf-8")).note.text).size == 4:
                break
            stop.wait(0.1)
        else:
            pytest.fail("nothing was published within a minute")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert Checkpoint.of(step_of(latest.read_text("utf-8")).note.text).size == 4


def test_the_configuration_names_an_endpoint_that_exists(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    path.touch(0o600)
    path.write_text('[checkpoints]\nfolder = "/srv/c"\nwebhook = "auditor"\n', "utf-8")
    config, wrong = read_channels(path)
    assert "no [webhook.auditor] can be used" in wrong["checkpoints"]
    assert (config.checkpoints.folder, config.checkpoints.webhook) == (Path("/srv/c"), None)
    path.write_text(f'{path.read_text("utf-8")}[webhook.auditor]\nurl = "https://a.example/"\nsecrets = ["{SECRET}"]\n')
    config, wrong = read_channels(path)
    assert (config.checkpoints.webhook, dict(wrong)) == ("auditor", {})


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
