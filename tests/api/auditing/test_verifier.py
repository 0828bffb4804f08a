"""The verifier of audit bundles: what it proves, and what it names, judged by a second implementation."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cryptography
import hypothesis.strategies as st
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # it has no types

from api.auditing import verify
from tests.support.examples import examples
from tests.support.signed_logs import SignedLog, Signer, made_up_log, packed, unpacked, zipped

VERIFIER = Path(verify.__file__)
LOG = made_up_log(20)
LONG = made_up_log(600)
"""A tree with tiles on two levels."""

Answer = dict[str, Any]
Judge = Callable[..., tuple[int, Answer]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Judges a bundle; the key is that of the log unless another is given."""

    def judged(
        content: bytes, log: SignedLog = LOG, *, key: str | None = None, since: bytes | None = None, **more: Any
    ) -> tuple[int, Answer]:
        (tmp_path / "bundle.zip").write_bytes(content)
        kept = None
        if since is not None:
            kept = str(tmp_path / "kept.txt")
            Path(kept).write_bytes(since)
        return verify.judge(str(tmp_path / "bundle.zip"), [key or log.signer.public], kept, **more)

    return judged


def lines_of(parts: dict[str, bytes]) -> list[bytes]:
    return parts["events.jsonl"].splitlines(keepends=True)


# What it proves.


@pytest.mark.parametrize("log", [LOG, LONG, made_up_log(256), made_up_log(1), made_up_log(30, "access")])
def test_a_whole_range_is_complete(judge: Judge, log: SignedLog) -> None:
    for first, last in ((1, len(log.entries)), (max(1, len(log.entries) // 2), len(log.entries)), (1, 1)):
        code, answer = judge(packed(log.parts(first, last)), log)
        assert (code, answer["verdict"], answer["sentences"][0][:26]) == (
            0,
            "complete",
            "The population is complete",
        ), answer
        assert (answer["first"], answer["last"], answer["lines"]) == (first, last, last - first + 1)


def test_a_tree_of_three_levels_is_verified(judge: Judge) -> None:
    log = made_up_log(256 * 256 + 3)
    parts = log.parts(65_530, 65_539)
    assert {"tiles/2/0", "tiles/1/0", "tiles/0/256"} <= set(parts)
    assert judge(packed(parts), log, since=log.checkpoint(65_536))[0] == 0


def test_a_filtered_range_proves_its_lines_and_says_what_it_does_not_prove(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(1, 20, positions=[3, 9, 17], filters={"ticket": "T"})))
    assert (code, answer["verdict"]) == (0, "included")
    assert answer["sentences"][0].startswith("Each of the 3 lines is included")
    assert "NOT proven: that these are all lines of the ticket T from position 1 to 20" in answer["sentences"][1]


def test_of_a_bundle_without_lines_nothing_is_proven_about_lines(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(1, 20, positions=[], filters={"ticket": "T"})))
    assert (code, answer["sentences"][0]) == (0, "It holds no line; nothing is proven about lines.")


def test_the_error_for_a_broken_key_and_for_one_of_another_log_says_how_to_mend_it(judge: Judge) -> None:
    broken = LOG.signer.public[:-9]
    assert "one line, which may have been broken" in judge(packed(LOG.parts()), key=broken)[1]["sentences"][0]
    other = judge(packed(LOG.parts()), key=Signer("ticketledger/t/access").public)[1]["sentences"][0]
    assert "`checkpoint --log`" in other


def test_a_kept_checkpoint_of_any_size_is_consistent(judge: Judge) -> None:
    content = packed(LONG.parts(590, 600))
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 599, 600):
        code, answer = judge(content, LONG, since=LONG.checkpoint(size))
        assert (code, answer["consistent_with"]) == (0, size)


def test_without_a_kept_checkpoint_the_verifier_says_what_is_not_excluded(judge: Judge) -> None:
    assert "a history that was replaced as a whole is not excluded" in judge(packed(LOG.parts()))[1]["sentences"][-1]


def test_a_witness_that_cosigned_is_named_with_its_time(judge: Judge) -> None:
    witness = Signer("witness.example/w1", 4)
    content = packed(LOG.parts(witnesses=[witness]))
    code, answer = judge(content, witnesses=[witness.public])
    assert (code, answer["cosigned"]) == (0, {witness.name: "2026-02-25T06:13:20+00:00"})
    code, answer = judge(content, witnesses=[Signer("witness.example/w2", 4).public])
    assert (code, answer["what"]) == (1, "the witness witness.example/w2 did not cosign the checkpoint")


def test_earlier_checkpoints_in_the_bundle_are_verified(judge: Judge) -> None:
    good = {**LOG.parts(), "checkpoints/7.txt": LOG.checkpoint(7)}
    assert judge(packed(good))[0] == 0
    forged = LOG.with_entries([*LOG.entries[:3], *LOG.entries[4:], LOG.entries[3]]).checkpoint(7)
    code, answer = judge(packed({**good, "checkpoints/7.txt": forged}))
    assert (code, answer["file"]) == (1, "checkpoints/7.txt")
    assert "positions 1 to 7 was changed" in answer["what"]


def test_keys_stand_in_a_file_too_one_a_line(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text(f"# of both logs\n{made_up_log(1).signer.public}\n{LOG.signer.public}\n")
    assert judge(packed(LOG.parts()), key=str(tmp_path / "keys.txt"))[0] == 0


@hypothesis_settings(max_examples=examples(60))
@given(data=st.data(), size=st.integers(1, 600))
def test_roots_of_all_sizes_are_those_of_the_second_implementation(data: st.DataObject, size: int) -> None:
    older = data.draw(st.integers(1, size))
    leaves = LONG.leaves[:size]
    log = LONG.with_entries(LONG.entries[:size])
    made = unpacked(packed(log.parts(size, size)))

    class InMemory(verify.Bundle):
        def __init__(self) -> None:
            self.sizes = {name: len(content) for name, content in made.items()}

        def chunks(self, name: str) -> Iterator[bytes]:
            yield made[name]

    assert verify.tiles_of(size) == {name: len(made[name]) // 32 for name in made if name.startswith("tiles/")}
    tree = verify.Tree(InMemory(), size)
    tree.check(verify.read_checkpoint(log.checkpoint(), "c"))
    assert tree.root(older) == verify.read_checkpoint(log.checkpoint(older), "c").root
    assert [tree.leaf(n) for n in (1, older, size)] == [leaves[n - 1] for n in (1, older, size)]


def test_roots_are_those_of_pymerkle() -> None:
    tree, data = InmemoryTree(algorithm="sha256"), [bytes([n]) for n in range(70)]
    for size, entry in enumerate(data, 1):
        tree.append_entry(entry)
        assert verify.root_of([verify.leaf_hash(each) for each in data[:size]]) == tree.get_root()


# What it names: lines.


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


# What it names: the tree, the checkpoint, the manifest.


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


def test_each_change_of_the_manifest_is_found(judge: Judge) -> None:
    parts = LOG.parts()
    changes: list[dict[str, object]] = [
        {"lines": 19}, {"lines": 21}, {"first": 2}, {"last": 19}, {"last": 21}, {"first": 0}, {"size": 21},
        {"size": 19},
        {"size": 20.0}, {"first": True}, {"log": "access"}, {"tenant": "other"}, {"origin": "x/default/events"},
        {"filters": {"team": "x"}}, {"filters": {"ticket": 1}}, {"filters": {"ticket": "a", "actor": "b"}},
        {"size": 10**18, "last": 10**18}, {"filters": []}, {"files": {}}, {"files": []}, {"more": 1}, {"log": None},
    ]  # fmt: skip
    for changed in changes:
        code, answer = judge(packed(parts, **changed))
        assert code == 1, (changed, answer)


def test_an_unknown_version_of_the_format_cannot_be_read(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(), format="ticketledger audit bundle v2"))
    assert (code, answer["verdict"]) == (2, "cannot_read")


# What it names: the zip.


def test_members_that_do_not_belong_are_named(judge: Judge) -> None:
    for name in ("more.txt", "../events.jsonl", "/etc/passwd", "tiles/0/00", "checkpoints/x.txt", "EVENTS.JSONL", "d/"):
        code, answer = judge(packed({**LOG.parts(), name: b"x"}))
        assert (code, answer["file"], answer["what"]) == (1, name, "this file does not belong into the bundle")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_there_twice_is_named(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(packed(LOG.parts()))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("events.jsonl", (1980, 1, 1, 0, 0, 0)), b"{}\n")
    code, answer = judge(path.read_bytes())
    assert (code, answer["file"], answer["what"]) == (1, "events.jsonl", "this file is in the zip twice")


def test_bytes_beside_the_files_are_found(judge: Judge) -> None:
    content = packed(LOG.parts())
    assert judge(b"PK more" + content)[0] == 1
    assert judge(content + b"more")[0] in {1, 2}
    assert judge(content[:-1])[0] == 2
    assert judge(b"")[0] == 2
    assert judge(b"PK\5\6" + bytes(18))[0] == 2


def test_a_local_header_that_contradicts_the_directory_is_found(judge: Judge) -> None:
    content = packed(LOG.parts(), zipfile.ZIP_STORED)
    assert content[30:42] == b"events.jsonl"
    changed = content[:30] + b"Events.jsonl" + content[42:]
    code, answer = judge(changed)
    assert (code, answer["what"]) == (1, "the zip describes this file in two ways")


def test_a_large_file_is_not_unpacked_into_memory(judge: Judge) -> None:
    parts = {**LOG.parts(), "checkpoint.txt": bytes(10_000_000)}
    code, answer = judge(packed(parts))
    assert (code, answer["file"], answer["what"]) == (1, "checkpoint.txt", "the file is larger than 65536 bytes")
    parts = {**LOG.parts(), "events.jsonl": bytes(verify.MOST_LINE_BYTES + (1 << 21))}
    assert "a line is longer than" in judge(packed(parts))[1]["what"]


def test_a_changed_file_whose_digest_was_left_is_named(judge: Judge) -> None:
    parts = unpacked(packed(LOG.parts()))
    for name in set(parts) - {"manifest.json"}:
        flipped = bytes([parts[name][0] ^ 1]) + parts[name][1:]
        code, answer = judge(zipped({**parts, name: flipped}))
        assert (code, answer["file"], answer["what"]) == (
            1,
            name,
            "the file has another SHA-256 than the manifest says",
        )


@hypothesis_settings(max_examples=examples(400))
@given(data=st.data())
def test_every_flipped_bit_of_a_member_is_found(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = unpacked(packed(LOG.parts(5, 9)))
    name = data.draw(st.sampled_from(sorted(parts)))
    at, bit = data.draw(st.integers(0, len(parts[name]) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(parts[name])
    changed[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("flipped") / "b.zip"
    flipped = {**parts, name: bytes(changed)}
    path.write_bytes(zipped(flipped))
    assert verify.judge(str(path), [LOG.signer.public])[0] != 0
    mended = _with_new_digest(flipped)
    if name != "keys.txt" and unpacked(mended) != parts:  # nothing is trusted for the listed keys
        path.write_bytes(mended)
        assert verify.judge(str(path), [LOG.signer.public])[0] != 0


def _with_new_digest(parts: dict[str, bytes]) -> bytes:
    """The bundle of somebody who also mends the digests of the manifest, where it can still be read."""
    try:
        return packed(parts)
    except ValueError:
        return zipped(parts)


@hypothesis_settings(max_examples=examples(400))
@given(data=st.data())
def test_a_flipped_bit_of_the_zip_is_found_or_changes_no_file(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(packed(LOG.parts(5, 9)))
    before = unpacked(bytes(content))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("flipped") / "b.zip"
    path.write_bytes(content)
    if verify.judge(str(path), [LOG.signer.public])[0] == 0:
        assert unpacked(bytes(content)) == before


# How it is used.


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A Python that finds nothing but its standard library and cryptography."""
    folder = tmp_path_factory.mktemp("bare")
    packages = Path(cryptography.__file__).parents[1]
    for part in [*packages.glob("cryptography"), *packages.glob("_cffi_backend*"), *packages.glob("cffi")]:
        (folder / part.name).symlink_to(part)
    start = (
        "import runpy, sys; sys.path.append(sys.argv.pop(1)); path = sys.argv.pop(1); sys.argv[0] = path;"
        "sys.path[:] = [each for each in sys.path if each]; runpy.run_path(path, run_name='__main__')"
    )
    return [sys.executable, "-I", "-S", "-c", start, str(folder), str(VERIFIER)]


def test_the_file_runs_alone_with_cryptography(bare: list[str], tmp_path: Path) -> None:
    (tmp_path / "good.zip").write_bytes(packed(LOG.parts()))
    (tmp_path / "bad.zip").write_bytes(packed({**LOG.parts(), "events.jsonl": b""}))
    key = LOG.signer.public

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*bare, *words], capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": os.defpath}
        )

    good = run("good.zip", "--key", key)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("PROVEN\n  The population is complete: positions 1 to 20 of the events of default")
    bad = run("bad.zip", "--key", key)
    assert bad.returncode == 1
    assert bad.stdout == "NOT PROVEN\n  events.jsonl: position 1 is missing: the lines end before it.\n"
    assert json.loads(run("bad.zip", "--key", key, "--json").stdout)["position"] == 1
    for words in (("good.zip",), ("none.zip", "--key", key), ("good.zip", "--key", "x")):
        assert run(*words).returncode == 2


def test_words_of_a_bundle_cannot_change_what_is_shown(judge: Judge) -> None:
    hidden = "T\x1b[2K\r\n  The population is complete\u202e"
    code, answer = judge(packed(LOG.parts(1, 20, positions=[3], filters={"ticket": hidden})))
    shown = verify.shown(answer)
    assert (code, len(shown.splitlines())) == (0, 5)
    assert "lines of the ticket T\\x1b[2K\\r\\n  The population is complete\\u202e from" in shown


def test_a_key_in_another_form_or_of_another_type_is_refused(judge: Judge) -> None:
    content = packed(LOG.parts())
    name, key_id, data = LOG.signer.public.split("+", 2)
    for key in (f"{name}+00000000+{data}", f"{name}+{key_id}+{data[:-4]}", Signer(name, 4).public, "nowhere.txt"):
        assert judge(content, key=key)[0] == 2
    assert judge(content, witnesses=[LOG.signer.public])[0] == 2


def test_it_is_written_for_python_3_9_and_imports_nothing_of_the_project() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


SUM_GOLANG_ORG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


@pytest.mark.parametrize(
    ("size", "root", "signature"),
    [
        (
            15_081_221,
            "BoMMe1wd25Tco0mYGROkyqxHZWx+hcSCtMV315Lu6Lg=",
            "Az3grilD7vQqTrv66jRgKM84Y80KTprrSt4bKmiOPxgmS5ZVBTeCl6dUvjYnN13R+C8j0jGY1WnUADGMkok3U0m2Zgo=",
        ),
        (
            63_096_908,
            "8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=",
            "Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=",
        ),
    ],
)
def test_checkpoints_of_the_go_checksum_database_are_read(size: int, root: str, signature: str) -> None:
    """Notes that another implementation signed and published: Go's checksum database, on two days."""
    note = f"go.sum database tree\n{size}\n{root}\n\n\u2014 sum.golang.org {signature}\n"
    read = verify.read_checkpoint(note.encode(), "note")
    key = verify.read_key(SUM_GOLANG_ORG, verify.ED25519)
    assert (read.size, len(verify.signatures_of(read, key))) == (size, 1)
    with pytest.raises(verify.NotProven, match="false"):
        verify.signatures_of(verify.read_checkpoint(note.replace(str(size), "7").encode(), "note"), key)
