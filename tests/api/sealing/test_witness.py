"""A witness follows a log, and refuses a fork and a log that was cut off."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing.signed_heads import signed_folder
from api.sealing.witness import Witness
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import PrivateKey, PublicKey
from domain.checkpoint.note import Note, signed_note
from domain.checkpoint.witness import Advance, WitnessRefused
from tests.support.command_line import Run
from tests.support.cosignatures import verified_time
from tests.support.log import DEFAULT
from tests.support.sealing import published, record, sealer_of
from tests.support.serving import listening, make_key


def test_a_witness_follows_a_folder_and_cosigns(
    run: Run, key_file: Path, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    public = run("seal", "--init").out.splitlines()[0]
    keys = tmp_path / "keys.txt"
    keys.write_text(run("seal", "--init").out, encoding="utf-8")
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
    of_file = ("witness", str(source), "--key", str(keys), *words[4:])
    assert run(*of_file, "--json").json["before"] == 309
    assert run("witness", str(source), "--key", "nowhere.txt", *words[4:]).code == 2
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
        cosigned = threads.submit(first.cosign, slow(), 1)
        begun.wait()
        other = threads.submit(second.cosign, iter([Advance(0, (), forks[1])]), 1)
        go_on.set()
        cosigned.result()
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
        refused = run(*words, "--name", "w")
        assert refused.code == 2
        assert "the server answers 401; put a key with the scope audit into TICKETLEDGER_API_KEY" in refused.err


def test_a_replaced_key_signs_no_newest_checkpoint_that_a_witness_cosigns(tmp_path: Path) -> None:
    old, new = PrivateKey.made(), PrivateKey.made()
    text = Checkpoint("desk.example/events", 3, bytes(32)).text
    by_old, by_new = (Advance(3, (), signed_note(text, key, "desk.example/events")) for key in (old, new))

    def witness(*keys: PrivateKey) -> Witness:
        return Witness(tmp_path / "state", "w", [key.named("desk.example/events") for key in keys])

    with pytest.raises(WitnessRefused, match="A replaced key signed the newest checkpoint"):
        witness(new, old).cosign(iter([by_old]), 1)
    assert witness(new, old).cosign(iter([by_old, by_new]), 1).text == text
    assert witness(old).cosign(iter([by_old]), 1).text == text, "as long as it is not replaced"
