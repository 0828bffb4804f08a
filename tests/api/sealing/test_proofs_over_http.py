"""Proofs over HTTP: checkpoints, inclusion, consistency, tiles, keys and receipts."""

from hashlib import sha256
from pathlib import Path

from psycopg import Connection

from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import PublicKey
from domain.checkpoint.note import Note
from domain.merkle.hashing import HASH_SIZE
from domain.merkle.tiles import TileNodes
from domain.merkle.tree import root
from domain.merkle.verification import verify_consistency, verify_inclusion
from tests.support.sealing import record, sealer_of
from tests.support.serving import RECEIPT, Served, fresh, make_key, serving

PROOFS = "/v1/proofs/events"


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def test_a_receipt_is_proven_later(desk: Served, connection: Connection, key: Path) -> None:
    answer = desk.post("/v1/tickets", RECEIPT, headers={"Prefer": "receipt"})
    receipt = answer.json()["receipt"]
    assert answer.headers["Preference-Applied"] == "receipt"
    assert receipt["position"] == answer.json()["position"]
    assert desk.get(f"{PROOFS}/inclusion?row={receipt['leaf']}").status_code == 404
    sealer_of(desk.dsn, key).catch_up(connection)
    proof = desk.get(f"{PROOFS}/inclusion?row={receipt['leaf']}").json()
    assert (proof["position"], proof["leaf"], proof["unchanged"]) == (receipt["position"], receipt["leaf"], True)
    note = Note.of(proof["checkpoint"])
    note.verify(PublicKey.of(desk.get(f"{PROOFS}/keys").text))
    checkpoint = Checkpoint.of(note.text)
    leaf = bytes.fromhex(receipt["leaf"])
    verify_inclusion(receipt["position"] - 1, checkpoint.size, leaf, hashes(proof["proof"]), checkpoint.root)
    assert desk.get(f"{PROOFS}/inclusion?row={receipt['position']}").json() == proof


def test_a_repeated_command_gets_the_same_receipt(desk: Served) -> None:
    headers = {"Prefer": "respond-async, Receipt", "Idempotency-Key": fresh()}
    first, second = (desk.post("/v1/tickets", RECEIPT, headers=headers).json() for _ in range(2))
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["receipt"] == second["receipt"]
    assert "receipt" not in desk.post("/v1/tickets", RECEIPT).json()


def test_a_command_that_stays_quiet_has_no_receipt(desk: Served) -> None:
    ticket = desk.post("/v1/tickets", RECEIPT).json()["id"]
    address, assigned = f"/v1/tickets/{ticket}/assign", {"team": "A", "agent": None}
    first = desk.post(address, assigned, headers={"Prefer": "receipt"}).json()
    quiet = desk.post(address, assigned, headers={"Prefer": "receipt"}).json()
    assert (first["events"] > 0, first["receipt"]["position"]) == (True, first["position"])
    assert (quiet["events"], quiet["receipt"]) == (0, None)


def test_the_leaf_is_the_hash_of_the_stored_bytes(desk: Served, connection: Connection) -> None:
    receipt = desk.post("/v1/tickets", RECEIPT, headers={"Prefer": "receipt"}).json()["receipt"]
    row = connection.execute(
        "select sha256(convert_to('ticketledger event v1', 'UTF8')), stream, version, topic, recorded_at, state,"
        " (extract(epoch from recorded_at) * 1000000)::bigint from tenant_default.events where position = %s",
        [receipt["position"]],
    ).fetchone()
    assert row is not None
    _, stream, version, topic, _, state, microseconds = row
    fields = [b"ticketledger event v1", stream.bytes, version.to_bytes(8, "big"), topic.encode()]
    fields += [microseconds.to_bytes(8, "big"), state.encode()]
    data = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    assert sha256(b"\0" + data).hexdigest() == receipt["leaf"]


def test_a_later_tree_is_shown_to_begin_with_an_earlier_one(desk: Served, connection: Connection, key: Path) -> None:
    record(connection, 300)
    sealer_of(desk.dsn, key).catch_up(connection)
    kept = Checkpoint.of(Note.of(desk.get(f"{PROOFS}/checkpoint").text).text)
    record(connection, 300)
    sealer_of(desk.dsn, key).catch_up(connection)
    answer = desk.get(f"{PROOFS}/consistency?old={kept.size}").json()
    checkpoint = Checkpoint.of(Note.of(answer["checkpoint"]).text)
    verify_consistency(kept.size, checkpoint.size, kept.root, checkpoint.root, hashes(answer["proof"]))
    assert bytes.fromhex(answer["old_root"]) == kept.root
    earlier = desk.get(f"{PROOFS}/inclusion?row=5&size={kept.size}").json()
    verify_inclusion(4, kept.size, bytes.fromhex(earlier["leaf"]), hashes(earlier["proof"]), kept.root)
    assert desk.get(f"{PROOFS}/consistency?old=100000").status_code == 404
    assert desk.get(f"{PROOFS}/inclusion?row=5&size=17").status_code == 404


def test_whoever_has_the_tiles_computes_the_root(desk: Served, connection: Connection, key: Path) -> None:
    record(connection, 299)
    sealer_of(desk.dsn, key).catch_up(connection)
    checkpoint = Checkpoint.of(Note.of(desk.get(f"{PROOFS}/checkpoint").text).text)
    width = checkpoint.size - 256
    paths = {(0, 0): "0/000", (0, 1): f"0/001.p/{width}", (1, 0): "1/000.p/1"}
    tiles = {key: desk.get(f"{PROOFS}/tile/{path}").content for key, path in paths.items()}
    assert [len(tile) for tile in tiles.values()] == [256 * HASH_SIZE, width * HASH_SIZE, HASH_SIZE]
    assert root(checkpoint.size, TileNodes(lambda *key: tiles[key])) == checkpoint.root
    for path, status in (("0/001", 404), ("0/002.p/1", 404), ("0/1", 422), ("0/001.p/256", 422), ("entries/000", 422)):
        assert desk.get(f"{PROOFS}/tile/{path}").status_code == status
    assert "immutable" in desk.get(f"{PROOFS}/tile/0/000").headers["Cache-Control"]


def test_the_window_that_is_not_covered_is_told(desk: Served, connection: Connection, key: Path) -> None:
    (before,) = [log for log in desk.get("/v1/proofs").json()["logs"] if log["log"] == "events"]
    assert (before["size"], before["checkpoint"]) == (0, None)
    assert before["events"] == before["head"] > 0
    assert desk.get(f"{PROOFS}/checkpoint").status_code == 404
    sealer_of(desk.dsn, key).catch_up(connection)
    (after,) = [log for log in desk.get("/v1/proofs").json()["logs"] if log["log"] == "events"]
    assert (after["events"], after["seconds"], after["size"]) == (0, 0.0, after["head"])


def test_readiness_tells_how_much_is_not_sealed(database_url: str, connection: Connection, key: Path) -> None:
    record(connection, 1)
    with serving(database_url, readiness_seconds=0.0) as desk:
        assert (desk.get("/readyz").json()["unsealed"], desk.get("/readyz").json()["unsealed_seconds"]) == (0, 0.0)
        sealer_of(database_url, key).catch_up(connection)
        assert desk.get("/readyz").json()["unsealed"] == 0
        record(connection, 4)
        assert desk.get("/readyz").json()["unsealed"] == 4


def test_a_row_that_was_changed_after_it_was_sealed_is_told(desk: Served, connection: Connection, key: Path) -> None:
    record(connection, 3)
    sealer_of(desk.dsn, key).catch_up(connection)
    connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    connection.execute("delete from tenant_default.events where position = 4")
    assert [desk.get(f"{PROOFS}/inclusion?row={row}").json()["unchanged"] for row in (2, 3, 4)] == [True, False, False]


def test_damaged_tiles_give_no_proof(desk: Served, connection: Connection, key: Path) -> None:
    record(connection, 3)
    sealer_of(desk.dsn, key).catch_up(connection)
    connection.execute("update tenant_default.tree_tiles set hashes = sha256('x') || substring(hashes from 33)")
    answer = desk.get(f"{PROOFS}/inclusion?row=2")
    assert (answer.status_code, "damaged" in answer.json()["detail"]) == (404, True)


def test_proofs_are_for_auditors(desk: Served) -> None:
    reader = desk.as_key(make_key(desk.dsn, "read", actor="huong"))
    for address in ("/v1/proofs", f"{PROOFS}/checkpoint", f"{PROOFS}/inclusion?row=1", f"{PROOFS}/keys"):
        assert reader.get(address).status_code == 403
    auditor = desk.as_key(make_key(desk.dsn, "audit", actor="mai"))
    assert auditor.get("/v1/proofs").status_code == 200
    assert auditor.get(f"{PROOFS}/inclusion?row=x").status_code == 422
    assert auditor.get("/v1/proofs/nothing/checkpoint").status_code == 422
