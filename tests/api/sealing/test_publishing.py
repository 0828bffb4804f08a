"""Checkpoints are published to a folder and a webhook; a fork is not."""

import asyncio
import shutil
import threading
from pathlib import Path

import pytest
from psycopg import Connection

from api.access_journal.tables import append_access
from api.channels.configuration import ChannelsConfig, read_channels
from api.channels.webhook import WebhookEndpoint
from api.sealing import tree_store
from api.sealing.publishing import MOST_HASHES, Publisher, step_of, text_of
from api.sealing.signed_heads import signed_folder
from api.sealing.worker import SealingAddresses, sealing_threads
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.note import Note, NoteInvalid, Signature
from domain.checkpoint.witness import Advance
from domain.merkle.hashing import HASH_SIZE
from tests.support.access_entries import entry
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.receiver import receiving
from tests.support.sealing import published, record, sealer_of

SECRET = "whsec_" + "QUJD" * 10


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


def test_a_file_has_no_more_hashes_than_a_proof_of_the_largest_log() -> None:
    note = Note("log\n3\n", (Signature("log", b"1234", b"5"),))
    longest = Advance(1, [bytes(HASH_SIZE)] * MOST_HASHES, note)
    assert step_of(text_of(longest)) == longest
    with pytest.raises(NoteInvalid):
        step_of(text_of(longest._replace(proof=[bytes(HASH_SIZE)] * (MOST_HASHES + 1))))


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
    connection: Connection, database_url: str, key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with receiving() as receiver:
        webhook = WebhookEndpoint.model_validate({"url": receiver.url, "secrets": [SECRET], "allow": ["127.0.0.0/8"]})
        publisher = Publisher(database_url, DEFAULT, None, webhook, key.parent / "sent")
        receiver.says += [b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"] * 2
        record(connection, 2)
        sealer_of(database_url, key).catch_up(connection)
        taken = [await asyncio.to_thread(publisher.publish, connection) for _ in range(4)]
        record(connection, 2)
        sealer_of(database_url, key).catch_up(connection)
        taken.append(await asyncio.to_thread(publisher.publish, connection))
    assert taken == [False, False, True, True, True]
    assert [(got.json["old"], got.json["size"]) for got in receiver.got] == [(0, 3), (0, 3), (0, 3), (3, 5)]
    assert [record.getMessage() for record in caplog.records if record.name.startswith("api.")] == [
        "the webhook of the checkpoints of default did not take one: it answers 500"
    ]
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


def test_a_fork_of_one_log_does_not_hold_the_other_one_up(
    connection: Connection, database_url: str, key: Path, tmp_path: Path
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    published(database_url, tmp_path / "out", connection)
    forked(connection, database_url, key)
    append_access(connection, DEFAULT, [entry()])
    sealer_of(database_url, key).catch_up(connection)
    with pytest.raises(tree_store.NotSealed, match="The log was forked"):
        published(database_url, tmp_path / "out", connection)
    assert (tmp_path / "out" / DEFAULT / "access" / "latest").exists()


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_written_does_not_hold_the_webhook_up(
    connection: Connection, database_url: str, key: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    stop = threading.Event()
    record(connection, 3)
    async with receiving() as receiver:
        webhook = {"url": receiver.url, "secrets": [SECRET], "allow": ["127.0.0.0/8"]}
        channels = ChannelsConfig.model_validate(
            {"checkpoints": {"folder": tmp_path / "file", "webhook": "auditor"}, "webhook": {"auditor": webhook}}
        )
        addresses = SealingAddresses(database_url, database_url)
        threads = sealing_threads(addresses, DEFAULT, key, channels, stop)
        for thread in threads:
            thread.start()
        try:
            for _ in range(600):
                if receiver.got:
                    break
                await asyncio.sleep(0.1)
        finally:
            stop.set()
            for thread in threads:
                await asyncio.to_thread(thread.join)
    assert receiver.got[-1].json["size"] == 4


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
