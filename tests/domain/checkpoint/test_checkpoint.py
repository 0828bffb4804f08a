"""Notes, checkpoints and cosignatures; notes of other implementations are read."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checkpoint.checkpoint import Checkpoint, origin_of
from domain.checkpoint.cosignature import cosigned
from domain.checkpoint.keys import WITNESS, KeyInvalid, PrivateKey, PublicKey
from domain.checkpoint.note import Note, NoteInvalid, signed_note
from domain.checkpoint.witness import Advance, WitnessRefused, verify_advance
from domain.merkle.hashing import leaf_hash
from domain.merkle.tiles import TileNodes, grown
from domain.merkle.tree import consistency_proof, root
from tests.support.cosignatures import verified_time

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
OF_NEUMANN = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note."""
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
)
"""The example of C2SP tlog-cosignature."""
LOG_KEY, WITNESS_KEY = PrivateKey(b"l" * 32), PrivateKey(b"w" * 32)
ORIGIN = origin_of(UUID(int=7), "default", "events")
KEY = LOG_KEY.named(ORIGIN)
LEAVES = [leaf_hash(b"%d" % n) for n in range(40)]


def tree(leaves: list[bytes]) -> TileNodes:
    tiles = grown(0, {}, leaves)
    return TileNodes(lambda *key: tiles[key])


def note_of(leaves: list[bytes]) -> Note:
    return signed_note(Checkpoint(ORIGIN, len(leaves), root(len(leaves), tree(leaves))).text, LOG_KEY, ORIGIN)


def step(old: int, leaves: list[bytes]) -> Advance:
    return Advance(old, consistency_proof(old, len(leaves), tree(leaves)) if old else [], note_of(leaves))


def test_a_note_that_another_implementation_signed_is_verified() -> None:
    note = Note.of(OF_NEUMANN)
    note.verify(PublicKey.of(NEUMANN))
    assert str(note) == OF_NEUMANN
    with pytest.raises(NoteInvalid, match="is wrong"):
        Note.of(OF_NEUMANN.replace("your problem", "my problem")).verify(PublicKey.of(NEUMANN))


def test_the_published_example_of_a_cosigned_checkpoint_is_read() -> None:
    note = Note.of(COSIGNED)
    assert str(note) == COSIGNED
    assert Checkpoint.of(note.text)[:2] == ("example.com/behind-the-sofa", 20852163)
    assert Checkpoint.of(note.text).text == note.text
    assert int.from_bytes(note.signatures[1].content[:8], "big") == 1679315147


def test_a_checkpoint_is_signed_under_its_origin() -> None:
    note = note_of(LEAVES[:3])
    note.verify(PublicKey.of(KEY.text))
    assert Note.of(str(note)) == note
    assert note.text.startswith("ticketledger/00000000-0000-0000-0000-000000000007/default/events\n3\n")


def test_another_key_another_name_and_another_kind_did_not_sign_it() -> None:
    note = note_of(LEAVES[:3])
    for key in (PrivateKey.made().named(ORIGIN), LOG_KEY.named("another"), LOG_KEY.named(ORIGIN, WITNESS)):
        with pytest.raises(NoteInvalid, match="did not sign"):
            note.verify(key)


@given(st.data())
def test_a_note_with_any_changed_letter_is_not_verified(data: st.DataObject) -> None:
    written = str(note_of(LEAVES[:3]))
    at = data.draw(st.integers(0, len(written) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda other: other != written[at]))
    changed = written[:at] + letter + written[at + 1 :]
    with pytest.raises(NoteInvalid):
        Note.of(changed).verify(KEY)


@pytest.mark.parametrize(
    "written",
    ["", "a\n", "a\n\n", "a\n\n— b AAAA\n", "a\n\n— b AAAAAAAA", "a\n\nb AAAAAAAA\n", "a\tb\n\n— b AAAAAAAA\n"],
)
def test_what_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(NoteInvalid):
        Note.of(written)


@pytest.mark.parametrize("text", ["", "a\n1\n", "a\n01\nAAAA\n", f"a\n1\n{'A' * 43}=\nb".replace("a", ""), "a\n-1\n\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid, match="no checkpoint"):
        Checkpoint.of(text)


@pytest.mark.parametrize(
    "text", ["", "a", NEUMANN.replace("c74f", "c74e"), NEUMANN.replace("+ARp", "+Apc"), "a b+00+AA"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyInvalid):
        PublicKey.of(text)


def test_a_key_has_a_name_without_spaces_and_shows_no_secret() -> None:
    with pytest.raises(KeyInvalid, match="a space or a plus sign"):
        LOG_KEY.named("my log")
    assert "l" * 32 not in repr(LOG_KEY)
    assert PrivateKey.made() != PrivateKey.made()


def test_a_witness_cosigns_with_a_time() -> None:
    note = note_of(LEAVES[:3])
    both = note.signed_too([cosigned(note, WITNESS_KEY, "witness.example/w1", 1_700_000_000)])
    key = WITNESS_KEY.named("witness.example/w1", WITNESS)
    assert verified_time(Note.of(str(both)), PublicKey.of(key.text)) == 1_700_000_000
    both.verify(KEY)
    other = note_of(LEAVES[:4]).signed_too(both.signatures[1:])
    with pytest.raises(NoteInvalid, match="cosignature of the witness"):
        verified_time(other, key)


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_witness_follows_a_log_that_grows_and_refuses_one_that_shrinks(size: int, larger: int) -> None:
    old, new = sorted((size, larger))
    assert verify_advance(note_of(LEAVES[:old]), step(old, LEAVES[:new]), [KEY]).size == new
    if old < new:
        with pytest.raises(WitnessRefused, match="cut off or replaced"):
            verify_advance(note_of(LEAVES[:new]), step(old, LEAVES[:old]), [KEY])


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_a_witness_refuses_a_fork(size: int, larger: int, data: st.DataObject) -> None:
    old, new = sorted((size, larger))
    forged = list(LEAVES[:new])
    forged[data.draw(st.integers(0, old - 1))] = leaf_hash(b"forged")
    with pytest.raises(WitnessRefused, match="The log was forked"):
        verify_advance(note_of(LEAVES[:old]), step(old, forged), [KEY])


def test_a_witness_takes_the_first_checkpoint_if_a_trusted_key_signed_it() -> None:
    assert verify_advance(None, step(0, LEAVES[:9]), [KEY]).size == 9
    with pytest.raises(WitnessRefused, match="None of the keys"):
        verify_advance(None, step(0, LEAVES[:9]), [PrivateKey.made().named(ORIGIN)])
    with pytest.raises(WitnessRefused, match="this witness keeps 9"):
        verify_advance(note_of(LEAVES[:9]), step(8, LEAVES[:10]), [KEY])
