"""`doctor --proofs` names the first row or tile that is not as it was sealed."""

from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import list_key
from api.sealing.key_file import read_key, rotated_key
from api.sealing.proofs import inclusion
from domain.checkpoint.note import Note, signed_note
from tests.support.access_entries import add_as_owner, entry
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.sealing import record, sealer_of

HASHES = "tenant_default.tree_tiles set hashes"
WIPED = "truncate tenant_default.tree_tiles, tenant_default.tree_sizes, tenant_default.checkpoints"
FORGED = "substring(hashes for 32 * 9) || sha256('forged') || substring(hashes from 32 * 10 + 1)"


@pytest.fixture
def sealed(connection: Connection, database_url: str, key: Path) -> Connection:
    """A log whose first 601 rows are sealed in three batches, and 5 more."""
    for events in (200, 100, 300):
        record(connection, events)
        sealer_of(database_url, key).catch_up(connection)
    record(connection, 5)
    return connection


def found(run: Run, log: str = "events", check: str = "proofs") -> tuple[bool, str]:
    (problem,) = [
        finding for finding in run("doctor", "--proofs", "--json").json if finding["check"] == f"{check} {log}"
    ]
    return problem["sound"], problem["seen"]


@pytest.mark.usefixtures("sealed")
def test_what_is_as_it_was_sealed_is_sound(run: Run) -> None:
    assert found(run) == (True, "every sealed row is as it was sealed, and the newest checkpoint is that of its tree")
    assert found(run, "access") == (True, "no row is sealed yet")
    sound, seen = found(run, check="sealing")
    assert (sound, "positions 1 to 601 are sealed, 5 rows are not covered yet, the oldest for" in seen) == (True, True)


@pytest.mark.parametrize(
    ("tampering", "seen"),
    [
        ("update tenant_default.events set state = state || ' ' where position in (300, 400)", "at position 300 is"),
        ("update tenant_default.events set topic = 'ticket.note_adde' where position = 601", "row at position 601 is"),
        ("update tenant_default.events set recorded_at = recorded_at - interval '1 us' where position = 1",
         "position 1 is"),
        ("delete from tenant_default.events where position = 257", "no row at position 257"),
        ("delete from tenant_default.events where position > 590; update tenant_default.log_head set position = 590",
         "positions 591 to 601 were sealed, and the log ends at 590: it was cut off"),
        (f"update {HASHES} = {FORGED} where level = 0 and tile = 1", "row at position 266 is not the one"),
        ("delete from tenant_default.tree_tiles where level = 0 and tile = 2", "tile 0/2 is missing"),
        (f"update {HASHES} = sha256('x') || substring(hashes from 33) where level = 1", "tile 0/0 was changed"),
        ("delete from tenant_default.tree_tiles where level = 1", "tile 0/0 was changed"),
        ("update tenant_default.checkpoints set root = sha256('x')", "has another root than the tiles"),
        ("update tenant_default.checkpoints set note = replace(note, '601', '600')", "signature of the key"),
        ("update tenant_default.checkpoints set note = 'x'", "cannot be trusted"),
        ("update tenant_default.checkpoints set note = (select min(note) from tenant_default.checkpoints)",
         "tells another size"),
        ("delete from tenant_default.checkpoints; delete from tenant_default.tree_tiles", "has no checkpoint"),
    ],
)  # fmt: skip
def test_the_first_bad_position_is_named(run: Run, sealed: Connection, tampering: str, seen: str) -> None:
    sealed.execute(tampering.encode())
    sound, broken = found(run)
    assert (sound, seen in broken) == (False, True), broken


def test_a_row_and_its_leaf_that_were_both_changed_are_found_by_the_tile_above(run: Run, sealed: Connection) -> None:
    sealed.execute("update tenant_default.events set state = state || ' ' where position = 10")
    sealed.execute(
        "update tenant_default.tree_tiles set hashes = overlay(hashes placing"
        " (select sha256('\\x00'::bytea || string_agg(int4send(octet_length(f)) || f, ''::bytea order by n))"
        "  from tenant_default.events e cross join lateral unnest(array['ticketledger event v1'::bytea,"
        "  uuid_send(e.stream), int8send(e.version), convert_to(e.topic, 'UTF8'),"
        "  int8send((extract(epoch from e.recorded_at) * 1000000)::bigint), convert_to(e.state, 'UTF8')])"
        "  with ordinality u(f, n) where e.position = 10)"
        " from 32 * 9 + 1) where level = 0 and tile = 0"
    )
    assert found(run) == (False, "the tile 0/0 was changed: it covers positions 1 to 256")


@pytest.mark.parametrize("claimed", [0, 3, 5, 9_223_372_036_854_775_807])
def test_entries_of_the_journal_that_were_removed_without_a_record_are_a_fault(
    run: Run, connection: Connection, database_url: str, key: Path, claimed: int
) -> None:
    add_as_owner(connection, *(entry(rows=n) for n in range(8)), entry(action="trimmed", removed_to=claimed))
    sealer_of(database_url, key).catch_up(connection)
    connection.execute("delete from tenant_default.access_journal where position <= 4")
    connection.execute("update tenant_default.access_head set trimmed = 4")
    sound, seen = found(run, "access")
    assert (sound, f"says 1 to {claimed}: entries were removed without a record" in seen) == (False, True)
    add_as_owner(connection, entry(action="trimmed", removed_to=4))
    assert found(run, "access")[0]
    assert inclusion(connection, "default", "access", 4).unchanged is None
    connection.execute("update tenant_default.access_head set trimmed = 6")
    assert inclusion(connection, "default", "access", 4).unchanged is None
    connection.execute("delete from tenant_default.access_journal where position <= 6")
    assert inclusion(connection, "default", "access", 6).unchanged is False


@pytest.mark.parametrize(
    ("tampering", "seen"),
    [
        ("update tenant_default.checkpoints set root = sha256('x') where size = 201",
         "the checkpoint of 201 rows, of 201 rows, has another root"),
        ("update tenant_default.checkpoints set note = replace(note, '301', '300') where size = 301",
         "the checkpoint of 301 rows cannot be trusted"),
        ("update tenant_default.events set recorded_at = 'infinity' where position = 9", "valid date at position 9"),
        (f"{WIPED}; update tenant_default.events set recorded_at = recorded_at - interval '1 hour'",
         "lists a sealing key and its tree is empty"),
    ],
)  # fmt: skip
def test_an_earlier_checkpoint_a_date_and_an_empty_tree_are_judged(
    run: Run, sealed: Connection, tampering: str, seen: str
) -> None:
    sealed.execute(tampering.encode())
    sound, broken = found(run)
    assert (sound, seen in broken) == (False, True), broken


def test_the_newest_checkpoint_is_signed_by_the_newest_key(
    run: Run, sealed: Connection, database_url: str, key: Path
) -> None:
    old = read_key(key)
    list_key(sealed, DEFAULT, rotated_key(key))
    assert found(run)[0]  # no checkpoint covers the new key yet
    sealer_of(database_url, key).catch_up(sealed)
    assert found(run)[0]
    newest = tree_store.newest_checkpoint(sealed, DEFAULT, "events")
    assert newest is not None
    text = Note.of(newest.note).text
    note = signed_note(text, old.private, text.split("\n", 1)[0])
    sealed.execute("update tenant_default.checkpoints set note = %s where size = %s", [str(note), newest.size])
    assert found(run) == (False, "the newest checkpoint is not signed by the newest key that the log lists")


def test_a_sealer_names_the_position_of_a_row_without_a_date(sealed: Connection, database_url: str, key: Path) -> None:
    sealed.execute("update tenant_default.events set recorded_at = 'infinity' where position = 603")
    with pytest.raises(tree_store.NotSealed, match="no valid date at position 603"):
        sealer_of(database_url, key).catch_up(sealed)
    sealed.execute("update tenant_default.events set recorded_at = '-infinity' where position = 602")
    assert tree_store.window_of(sealed, DEFAULT, "events").events == 5
