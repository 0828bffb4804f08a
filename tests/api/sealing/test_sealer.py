"""The sealer over a real log: trees equal a rebuild, whatever happens between two batches."""

import logging
import threading
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.key_file import read_key
from api.sealing.sealer import is_due
from api.sealing.signed_heads import SealingStopped
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.note import Note
from domain.merkle.tree import consistency_proof, inclusion_proof, root
from domain.merkle.verification import verify_consistency, verify_inclusion
from tests.support.log import DEFAULT
from tests.support.sealing import all_checkpoints, rebuilt, record, sealer_of, stored_tiles


def test_the_tree_covers_the_log_and_its_checkpoint_is_signed(
    database_url: str, connection: Connection, key: Path
) -> None:
    record(connection, 700)
    assert sealer_of(database_url, key).catch_up(connection) == 701  # with the event of the key
    assert stored_tiles(connection) == rebuilt(connection)
    newest = tree_store.newest_checkpoint(connection, DEFAULT, "events")
    assert newest is not None
    (public,) = public_keys(connection, DEFAULT, "events")
    Note.of(newest.note).verify(public)
    checkpoint = Checkpoint.of(Note.of(newest.note).text)
    assert (checkpoint.size, checkpoint.root) == newest[:2]
    assert checkpoint.root == root(701, tree_store.nodes(connection, DEFAULT, "events"))
    assert checkpoint.origin == f"ticketledger/{read_key(key).database}/default/events"


def test_a_tree_that_grew_in_steps_proves_each_row_and_each_earlier_checkpoint(
    database_url: str, connection: Connection, key: Path
) -> None:
    sealer = sealer_of(database_url, key)
    for events in (3, 250, 1, 2, 300):
        record(connection, events)
        sealer.catch_up(connection)
    assert stored_tiles(connection) == rebuilt(connection)
    *earlier, newest = all_checkpoints(connection)
    nodes = tree_store.nodes(connection, DEFAULT, "events")
    for position, leaf in enumerate(tree_store.leaves(connection, DEFAULT, "events", 0, 1_000), start=1):
        proof = inclusion_proof(position - 1, newest.size, nodes)
        verify_inclusion(position - 1, newest.size, leaf, proof, newest.root)
    assert [checkpoint.size for checkpoint in earlier] == [4, 254, 255, 257]
    for checkpoint in earlier:
        proof = consistency_proof(checkpoint.size, newest.size, nodes)
        verify_consistency(checkpoint.size, newest.size, checkpoint.root, newest.root, proof)


def test_two_sealers_at_once_write_each_batch_once(database_url: str, connection: Connection, key: Path) -> None:
    first_sealer, second_sealer = sealer_of(database_url, key), sealer_of(database_url, key)
    record(connection, 5)
    assert first_sealer.catch_up(connection) == 6
    assert second_sealer.catch_up(connection) == 0
    record(connection, 5)
    assert first_sealer.step(connection, "events") == 5
    assert second_sealer.step(connection, "events") == 0  # it still knows the tree of 6
    record(connection, 5)
    assert second_sealer.catch_up(connection) == 5
    assert stored_tiles(connection) == rebuilt(connection)


def test_a_sealer_that_begins_anew_goes_on(database_url: str, connection: Connection, key: Path) -> None:
    for events in (300, 5):
        record(connection, events)
        sealer_of(database_url, key).catch_up(connection)
    assert stored_tiles(connection) == rebuilt(connection)


def test_the_window_that_is_not_covered_is_counted(database_url: str, connection: Connection, key: Path) -> None:
    record(connection, 1)
    sealer_of(database_url, key).catch_up(connection)
    record(connection, 3)
    window = tree_store.window_of(connection, DEFAULT, "events")
    assert (window.size, window.head, window.events) == (2, 5, 3)
    assert window.seconds > 0
    sealer_of(database_url, key).catch_up(connection)
    assert tree_store.window_of(connection, DEFAULT, "events")[2:] == (0, 0.0)


def test_a_leaf_leads_to_its_position(database_url: str, connection: Connection, key: Path) -> None:
    record(connection, 600)
    sealer_of(database_url, key).catch_up(connection)
    leaf = tree_store.leaves(connection, DEFAULT, "events", 411, 1)[0]
    assert tree_store.position_of_leaf(connection, DEFAULT, "events", leaf) == 412
    assert tree_store.position_of_leaf(connection, DEFAULT, "events", b"x" * 32) is None


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        ("delete from tenant_default.events where position = 5", "no row at position 5"),
        ("update tenant_default.log_head set position = 2", "was cut off, or an older backup"),
        ("update tenant_default.tree_sizes set size = 2", "are not those of its newest checkpoint"),
        ("update tenant_default.tree_tiles set hashes = sha256('x') || substring(hashes from 33)", "are not those"),
        (
            "update tenant_default.tree_tiles set hashes = hashes || sha256('x')",
            "are not those of its newest checkpoint",
        ),
        ("update tenant_default.tree_tiles set hashes = substring(hashes for 32)", "are not those"),
        ("delete from tenant_default.tree_tiles", "are not those of its newest checkpoint"),
        ("delete from tenant_default.checkpoints", "are not those of its newest checkpoint"),
    ],
)
def test_nothing_is_signed_over_a_changed_log(
    database_url: str, connection: Connection, key: Path, tampering: str, reason: str
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    record(connection, 4)
    connection.execute(tampering.encode())
    with pytest.raises((SealingStopped, tree_store.NotSealed), match=reason):
        sealer_of(database_url, key).catch_up(connection)


def test_a_sealer_goes_on_running_when_nothing_may_be_signed(
    database_url: str, connection: Connection, key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    record(connection, 4)
    connection.execute("update tenant_default.events set state = 'x' where topic = 'sealing.key_made'")
    stop = threading.Event()
    thread = threading.Thread(target=sealer_of(database_url, key).run, args=[stop])
    with caplog.at_level(logging.ERROR):
        thread.start()
        while not caplog.records and thread.is_alive():
            stop.wait(0.05)
    assert thread.is_alive()
    stop.set()
    thread.join()
    (message,) = caplog.messages
    assert "nothing of default is sealed: event 3 (sealing.key_made" in message


def seal(
    connection: Connection, old: int, new: int, tiles: dict[tuple[int, int], bytes], note: str = "a/events"
) -> bool:
    levels, indexes = [level for level, _ in tiles], [tile for _, tile in tiles]
    row = connection.execute(
        "select tenant_default.seal('events', %s, %s, %s::integer[], %s::bigint[], %s::bytea[], %s, %s)",
        [old, new, levels, indexes, list(tiles.values()), b"r" * 32, Checkpoint(note, new, b"r" * 32).text],
    ).fetchone()
    return row == (True,)


def test_the_function_of_the_sealer_lets_a_tree_only_grow(database_url: str, connection: Connection, key: Path) -> None:
    sealer_of(database_url, key).catch_up(connection)  # nothing
    record(connection, 1)
    assert seal(connection, 0, 1, rebuilt(connection))
    record(connection, 2)
    tiles = rebuilt(connection)
    forged = {(0, 0): b"x" * 96}
    for old, new, grows in ((1, 3, forged), (1, 4, tiles), (1, 1, {}), (3, 1, {}), (1, 3, {(0, 0): tiles[0, 0][:64]})):
        with pytest.raises(psycopg.errors.RaiseException):
            seal(connection, old, new, grows)
    for grows, note in (({}, "a/events"), (tiles, "a/access"), (tiles, "\n3")):
        with pytest.raises(psycopg.errors.RaiseException):
            seal(connection, 1, 3, grows, note)
    assert not seal(connection, 0, 3, tiles)
    assert seal(connection, 1, 3, tiles)


def test_a_batch_is_due_after_a_second_or_after_a_thousand_events() -> None:
    assert [is_due(*case) for case in ((0, 9.0), (1, 0.9), (1, 1.0), (999, 0.0), (1_000, 0.0))] == [
        False, False, True, False, True,
    ]  # fmt: skip


WIPED = (
    "delete from tenant_default.tree_tiles; delete from tenant_default.tree_sizes;"
    " delete from tenant_default.checkpoints"
)
FORGED = "update tenant_default.events set state = state || ' ' where position = 1"


@pytest.mark.parametrize("begins_anew", [False, True])
@pytest.mark.parametrize("rows", [FORGED, ""])
def test_a_tree_that_was_wiped_out_after_a_forgery_is_not_signed_anew(
    database_url: str, connection: Connection, key: Path, rows: str, *, begins_anew: bool
) -> None:
    sealer = sealer_of(database_url, key)
    for events in (2, 2):
        record(connection, events)
        sealer.catch_up(connection)
    connection.execute(f"{rows};{WIPED}".encode())
    record(connection, 1)
    if begins_anew:
        sealer = sealer_of(database_url, key)
    with pytest.raises(SealingStopped, match=r"covered 5|covers 0"):
        sealer.catch_up(connection)
    assert tree_store.newest_checkpoint(connection, DEFAULT, "events") is None


def test_a_log_that_was_restored_and_grew_again_is_not_signed(
    database_url: str, connection: Connection, key: Path
) -> None:
    sealer = sealer_of(database_url, key)
    record(connection, 2)
    sealer.catch_up(connection)
    older = connection.execute("select tile, level, hashes from tenant_default.tree_tiles").fetchall()
    record(connection, 2)
    sealer.catch_up(connection)
    connection.execute("delete from tenant_default.checkpoints where size > 3")
    connection.execute("update tenant_default.tree_sizes set size = 3")
    connection.execute("update tenant_default.tree_tiles set hashes = %s", [older[0][2]])
    connection.execute("update tenant_default.events set state = state || ' ' where position = 5")
    record(connection, 3)
    with pytest.raises(SealingStopped, match="does not begin with the 5 rows that were signed"):
        sealer_of(database_url, key).catch_up(connection)


def test_a_sealer_that_ended_before_its_checkpoint_was_stored_goes_on(
    database_url: str, connection: Connection, key: Path
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    connection.execute(WIPED.encode())  # the first batch was signed, and not stored
    record(connection, 2)
    assert sealer_of(database_url, key).catch_up(connection) == 5
    assert stored_tiles(connection) == rebuilt(connection)
