"""The verifier of audit bundles names a line, a tile and a checkpoint that was changed."""

import json
from pathlib import Path

import pytest

from tests.support.judged_bundles import LOG, LONG, Judge, lines_of
from tests.support.signed_logs import SignedLog, Signer, made_up_log, packed


def test_each_tampered_line_is_named_by_its_position(judge: Judge) -> None:
    parts = LOG.parts()
    lines = lines_of(parts)
    other = lines[6].replace("số 7".encode(), "số 8".encode())
    for changed, position, what in (
        ([*lines[:6], other, *lines[7:]], 7, "the line of position 7 is not what was sealed"),
        ([*lines[:6], *lines[7:]], 7, "position 7 is missing: position 8 follows"),
        (lines[1:], 1, "position 1 is missing: position 2 follows"),
        (lines[:-2], 19, "position 19 is missing: the lines end before it"),
        ([*lines[:6], lines[7], lines[6], *lines[8:]], 7, "position 7 is missing: position 8 follows"),
        ([*lines[:7], lines[6], *lines[7:]], 7, "position 7 stands behind position 7"),
        ([*lines[:5], lines[6].replace(b'"position":7', b'"position":6'), *lines[6:]], 6,
         "the line of position 6 is what was sealed at position 7"),
        ([*lines, lines[-1].replace(b'"position":20', b'"position":21')], 21,
         "position 21 lies outside of the range of the manifest"),
    ):  # fmt: skip
        code, answer = judge(packed({**parts, "events.jsonl": b"".join(changed)}))
        assert (code, answer["file"], answer["position"], answer["what"]) == (1, "events.jsonl", position, what)


@pytest.mark.parametrize("log", [LOG, made_up_log(20, "access")])
def test_each_field_of_a_line_is_proven(judge: Judge, log: SignedLog) -> None:
    parts = log.parts()
    lines = lines_of(parts)
    line = json.loads(lines[8])
    for name, value in line.items():
        if name == "position":
            continue
        changes = {"version": 2_000, "stream": "00000000-0000-0000-0000-0000000000ff"}
        changed = changes.get(name, value.replace("t", "x") if isinstance(value, str) else None)
        if name in {"recorded_at", "at"}:
            changed = value.replace(".000000", ".000001")
        assert changed != value
        text = json.dumps({**line, name: changed}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        code, answer = judge(packed({**parts, "events.jsonl": b"".join([*lines[:8], text, *lines[9:]])}), log)
        assert (code, answer["position"], answer["what"]) == (1, 9, "the line of position 9 is not what was sealed")


def test_a_line_in_another_form_is_refused(judge: Judge) -> None:
    parts = LOG.parts()
    lines = lines_of(parts)
    good = json.loads(lines[2])
    stream = good["stream"]
    for text in (
        lines[2].replace(b'"position"', b' "position"'),
        lines[2].replace(b'"version":1', b'"version":1.0'),
        lines[2].replace(b'"version":1', b'"version":true'),
        lines[2].replace(b'"version":1', b'"version":1,"version":1'),
        lines[2].replace(b'"topic"', b'"more":1,"topic"'),
        lines[2].replace("Hóa".encode(), b"H\\u00f3a"),
        lines[2].replace("Hóa".encode(), b"H\xf3a"),
        lines[2].replace(stream.encode(), stream.replace("-", "").encode()),
        lines[2].replace(b"+00:00", b"Z"),
        lines[2].replace(b"+00:00", b"+01:00"),
        lines[2].replace(b".000000", b""),
        lines[2].replace(b'"version":1', b'"version":' + b"9" * 30),
        lines[2].replace(b'"version":1', b'"version":' + b"9" * 5_000),
        b"[]\n", b"\n", b"nonsense\n", b"[" * 100_000 + b"\n", b'{"position":3}\n',
    ):  # fmt: skip
        code, answer = judge(packed({**parts, "events.jsonl": b"".join([*lines[:2], text, *lines[3:]])}))
        assert (code, answer["position"], answer["file"]) == (1, 3, "events.jsonl"), text[:80]
    assert judge(packed({**parts, "events.jsonl": b"".join(lines)[:-1]}))[0] == 1


def test_an_edited_tile_is_named(judge: Judge) -> None:
    parts = LONG.parts()
    for name, at, what in (
        ("tiles/0/1", 5, "the hashes of positions 257 to 512 are not those below tiles/1/0"),
        ("tiles/0/2", 5, "the hashes of the tree do not give the root that the checkpoint signs"),
        ("tiles/1/0", 1, "hash 2 of this tile is not that of tiles/0/1"),
    ):
        tile = bytearray(parts[name])
        tile[at * 32] ^= 1
        code, answer = judge(packed({**parts, name: bytes(tile)}), LONG)
        assert (code, answer["what"].partition(";")[0]) == (1, what)
        assert answer["file"] in {name, "tiles/0"}
        if name.startswith("tiles/0"):
            assert answer["position"] == int(name[-1]) * 256 + at + 1


def test_a_tile_of_another_size_or_number_is_named(judge: Judge) -> None:
    parts = LONG.parts()
    assert judge(packed({**parts, "tiles/0/2": parts["tiles/0/2"] + b"x"}), LONG)[1]["file"] == "tiles/0/2"
    assert judge(packed({**parts, "tiles/0/3": b"x" * 32}), LONG)[1]["file"] == "tiles/0/3"
    del parts["tiles/1/0"]
    code, answer = judge(packed(parts), LONG)
    assert (code, answer["file"], answer["what"]) == (1, "tiles/1/0", "this file is missing from the bundle")


def test_a_forged_history_with_a_tree_of_its_own_is_not_signed(judge: Judge) -> None:
    forged = LOG.with_entries([*LOG.entries[:7], {**LOG.entries[7], "state": "{}"}, *LOG.entries[8:]])
    code, answer = judge(packed({**forged.parts(), "checkpoint.txt": LOG.checkpoint()}))
    assert (code, answer["file"]) == (1, "tiles/0")
    thief = Signer(LOG.origin)
    stranger = SignedLog(forged.entries, LOG.origin, thief)
    code, answer = judge(packed(stranger.parts()))
    assert (code, answer["what"]) == (1, "the checkpoint is not signed by the key that you gave")


def test_a_history_that_the_stolen_key_signed_is_found_by_the_kept_checkpoint_alone(judge: Judge) -> None:
    forged = LOG.with_entries([*LOG.entries[:7], {**LOG.entries[7], "state": "{}"}, *LOG.entries[8:]])
    content = packed(forged.parts())
    assert judge(content)[0] == 0  # the control: without a kept checkpoint nothing can show it
    assert judge(content, since=LOG.checkpoint(7))[0] == 0  # nothing before position 8 was changed
    code, answer = judge(content, since=LOG.checkpoint(8))
    assert (code, answer["file"]) == (1, "the checkpoint that you kept")
    assert "at least one of positions 1 to 8 was changed" in answer["what"]


def test_a_cut_off_tail_is_found_by_the_kept_checkpoint(judge: Judge) -> None:
    shorter = LOG.with_entries(LOG.entries[:15])
    code, answer = judge(packed(shorter.parts()), since=LOG.checkpoint())
    assert (code, answer["file"]) == (1, "checkpoint.txt")
    assert "covers 15 positions, and the one that you kept covers 20" in answer["what"]


def test_a_checkpoint_of_another_log_proves_nothing(judge: Judge, tmp_path: Path) -> None:
    other = made_up_log(20, tenant="other")
    code, answer = judge(packed(other.parts()))
    assert (code, answer["file"]) == (1, "checkpoint.txt")
    assert f"the checkpoint is of the log {other.origin}" in answer["what"]
    code, answer = judge(packed(LOG.parts()), since=other.checkpoint())
    assert (code, answer["verdict"]) == (2, "cannot_read")
    (tmp_path / "both.txt").write_text(f"{LOG.signer.public}\n{other.signer.public}\n")
    code, answer = judge(packed(LOG.parts()), key=str(tmp_path / "both.txt"), since=other.checkpoint())
    assert (code, answer["what"]) == (1, f"it is of another log, {other.origin}")


def test_each_change_of_a_checkpoint_is_found(judge: Judge) -> None:
    parts = LOG.parts()
    note = parts["checkpoint.txt"]
    origin, size, root, _, signature, _ = note.split(b"\n")
    for changed in (
        note.replace(size, b"19"),
        note.replace(size, b"020"),
        note.replace(root, b"A" * 43 + b"="),
        note.replace(origin, origin + b"x"),
        note.replace(root + b"\n", root + b"\nmore\n"),
        note.replace(signature, signature[:-6] + b"AAAAA="),
        note.replace(signature, signature.replace(b"default", b"another")),
        note[:-1],
        note + b"\n",
        note.replace(b"\n\n", b"\n"),
        note.replace(b"\n", b"\r\n"),
        b"",
        b"\xff",
    ):
        code, answer = judge(packed({**parts, "checkpoint.txt": changed}))
        assert (code, answer["file"] in {"checkpoint.txt", "manifest.json"}) == (1, True), changed
