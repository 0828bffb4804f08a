"""Merkle trees against the public vectors, a second implementation, and proofs that were changed."""

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # it has no annotations

from domain.merkle.hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash
from domain.merkle.tiles import WIDTH, TileKey, TileNodes, edge, grown, tile_width
from domain.merkle.tree import consistency_proof, inclusion_proof, root
from domain.merkle.verification import ProofInvalid, verify_consistency, verify_inclusion
from tests.support.examples import examples

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
MOST = 700


@cache
def nodes(size: int) -> TileNodes:
    tiles = grown(0, {}, [leaf_hash(b"%d" % n) for n in range(size)])
    return TileNodes(lambda level, index: tiles[level, index])


@cache
def naive(begin: int, end: int) -> bytes:
    """The definition of RFC 9162, 2.1.1, word by word."""
    if begin == end:
        return sha256(b"").digest()
    if end - begin == 1:
        return sha256(b"\0" + b"%d" % begin).digest()
    half = 1
    while half * 2 < end - begin:
        half *= 2
    return sha256(b"\1" + naive(begin, begin + half) + naive(begin + half, end)).digest()


def tiles_of(size: int) -> set[TileKey]:
    return {(level, index) for level in range(3) for index in range(-(-(size >> 8 * level) // WIDTH))}


def hashes(texts: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def holds(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except ProofInvalid:
        return False
    return True


def test_there_are_196_public_proofs_of_which_184_must_fail() -> None:
    proofs = VECTORS["inclusion"] + VECTORS["consistency"]
    assert (len(proofs), sum(not proof["holds"] for proof in proofs)) == (196, 184)


@pytest.mark.parametrize("proof", VECTORS["inclusion"], ids=lambda proof: proof["what"])
def test_a_public_inclusion_proof_holds_or_fails_as_it_must(proof: dict[str, Any]) -> None:
    leaf, tree_root = hashes([proof["leaf"], proof["root"]])
    proven = holds(verify_inclusion, proof["index"], proof["size"], leaf, hashes(proof["proof"]), tree_root)
    assert proven == proof["holds"]


@pytest.mark.parametrize("proof", VECTORS["consistency"], ids=lambda proof: proof["what"])
def test_a_public_consistency_proof_holds_or_fails_as_it_must(proof: dict[str, Any]) -> None:
    old_root, new_root = hashes([proof["old_root"], proof["new_root"]])
    proven = holds(verify_consistency, proof["old"], proof["new"], old_root, new_root, hashes(proof["proof"]))
    assert proven == proof["holds"]


def test_the_public_roots_are_computed() -> None:
    for size in range(1, len(LEAVES) + 1):
        tiles = grown(0, {}, LEAVES[:size])
        assert root(size, TileNodes(lambda *key: tiles[key])).hex() == VECTORS["roots"][size - 1]  # noqa: B023 -- it is called at once


def test_the_empty_tree_has_the_hash_of_nothing_and_no_proof() -> None:
    assert root(0, nodes(0)) == EMPTY_ROOT == InmemoryTree().get_root()
    for prove, old, new in ((inclusion_proof, 0, 0), (consistency_proof, 0, 5), (consistency_proof, 3, 2)):
        with pytest.raises(ValueError, match=r"leaf 0|no proof leads"):
            prove(old, new, nodes(5))


@given(st.integers(0, MOST))
@settings(max_examples=examples(240))
def test_roots_are_those_of_the_definition_and_of_another_implementation(size: int) -> None:
    other = InmemoryTree.init_from_entries([b"%d" % n for n in range(size)])
    assert root(size, nodes(MOST)) == root(size, nodes(size)) == naive(0, size) == other.get_root()


@given(st.data())
def test_every_inclusion_proof_holds_and_no_changed_one_does(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof, leaf, tree_root = inclusion_proof(index, size, nodes(MOST)), leaf_hash(b"%d" % index), naive(0, size)
    verify_inclusion(index, size, leaf, proof, tree_root)
    for changed in changed_proofs(data, [leaf, *proof]):
        assert not holds(verify_inclusion, index, size, changed[0] if changed else b"", changed[1:], tree_root)
    other = data.draw(st.integers(-1, size + 1).filter(lambda n: n != index))
    assert not holds(verify_inclusion, other, size, leaf, proof, tree_root)
    assert not holds(verify_inclusion, index, size, leaf, proof, flipped(data, tree_root))


@given(st.data())
def test_every_consistency_proof_holds_and_no_changed_one_does(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, MOST))
    old = data.draw(st.integers(1, new))
    proof, old_root, new_root = consistency_proof(old, new, nodes(MOST)), naive(0, old), naive(0, new)
    verify_consistency(old, new, old_root, new_root, proof)
    for changed in changed_proofs(data, proof):
        assert not holds(verify_consistency, old, new, old_root, new_root, changed)
    assert not holds(verify_consistency, old, new, flipped(data, old_root), new_root, proof)
    assert not holds(verify_consistency, old, new, old_root, flipped(data, new_root), proof)
    other = data.draw(st.integers(-1, new + 1).filter(lambda n: n != old))
    assert not holds(verify_consistency, other, new, old_root, new_root, proof)


def flipped(data: st.DataObject, hashed: bytes) -> bytes:
    bit = data.draw(st.integers(0, 8 * HASH_SIZE - 1))
    return (int.from_bytes(hashed, "big") ^ 1 << bit).to_bytes(HASH_SIZE, "big")


def changed_proofs(data: st.DataObject, proof: list[bytes]) -> list[list[bytes]]:
    """The proof with a bit flipped, a hash left out, added, too short, and with two of them exchanged."""
    extra = data.draw(st.sampled_from([*proof, EMPTY_ROOT, b""]))
    at = data.draw(st.integers(0, len(proof)))
    changed = [[*proof[:at], extra, *proof[at:]]]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        before, hashed, behind = proof[:at], proof[at], proof[at + 1 :]
        changed += [[*before, flipped(data, hashed), *behind], [*before, hashed[:-1], *behind], [*before, *behind]]
    if len(proof) > 1:
        changed.append([*proof[1:], proof[0]])
    return changed


@given(st.lists(st.integers(0, 600), max_size=6))
@settings(max_examples=examples(160))
def test_tiles_that_grow_in_any_steps_are_those_of_one_step(steps: list[int]) -> None:
    stored: dict[TileKey, bytes] = {}
    size = 0
    for step in steps:
        partial = {key: stored[key] for key in edge(size)}
        stored |= grown(size, partial, [leaf_hash(b"%d" % n) for n in range(size, size + step)])
        size += step
    assert stored == grown(0, {}, [leaf_hash(b"%d" % n) for n in range(size)])
    assert set(stored) == tiles_of(size)
    assert all(len(hashes) == tile_width(size, *key) * HASH_SIZE for key, hashes in stored.items())


def test_a_large_tree_has_tiles_of_three_levels() -> None:
    size = WIDTH * WIDTH + 300
    assert {level for level, _ in tiles_of(size)} == {0, 1, 2}
    assert root(size, nodes(size)) == naive_of_many(size)
    verify_inclusion(
        WIDTH, size, leaf_hash(b"%d" % WIDTH), inclusion_proof(WIDTH, size, nodes(size)), naive_of_many(size)
    )


@cache
def naive_of_many(size: int) -> bytes:
    hashed: bytes = InmemoryTree.init_from_entries([b"%d" % n for n in range(size)]).get_root()
    return hashed


def test_tiles_grow_only_from_the_tiles_that_they_have() -> None:
    with pytest.raises(ValueError, match="the tile 0/0 has 0 bytes instead of 3 hashes"):
        grown(3, {}, [leaf_hash(b"")])


def test_a_tile_that_is_too_short_gives_no_node() -> None:
    tiles = grown(0, {}, LEAVES[:3])
    with pytest.raises(KeyError, match="too short"):
        TileNodes(lambda *key: tiles[key])(1, 1)
