"""The verifier of audit bundles names a file that was changed, added or packed in another way."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from api.auditing import verify
from tests.support.examples import examples
from tests.support.judged_bundles import LOG, Judge
from tests.support.signed_logs import packed, unpacked, zipped


@pytest.mark.parametrize(
    ("name", "inflated", "code"),
    [
        ("manifest.json", lambda: b"[" + b"0," * 3_000_000 + b"0]", 1),
        ("events.jsonl", lambda: b"[" + b"0," * 9_000_000 + b"0]\n", 1),
        ("keys.txt", lambda: b"0" * 400_000_000, 2),
    ],
    ids=["manifest", "events", "keys"],
)
def test_a_small_file_that_inflates_does_not_stop_the_verifier(
    judge: Judge, name: str, inflated: Callable[[], bytes], code: int
) -> None:
    parts = {**LOG.parts(), name: inflated()}
    judged, answer = judge(zipped(parts) if name == "manifest.json" else packed(parts))
    assert judged == code
    assert re.search(r"larger than|longer than|times its size", answer["sentences"][0])


def test_bytes_before_the_end_of_the_zip_are_refused_unless_they_are_its_long_end(judge: Judge) -> None:
    content = packed(LOG.parts())
    code, answer = judge(content[:-22] + bytes(76) + content[-22:])
    assert code != 0, answer


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
