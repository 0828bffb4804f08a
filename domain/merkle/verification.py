"""Verification of proofs (RFC 9162, 2.1.3.2 and 2.1.4.2)."""

from collections.abc import Iterator, Sequence

from domain.merkle.hashing import HASH_SIZE, node_hash


class ProofInvalid(Exception):  # noqa: N818 -- an answer, not a defect
    """The proof does not show what it should; the message says why."""


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Checks that the tree of this size and root has the leaf at the index. Raises ProofInvalid."""
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} leaves has no leaf {index}")
    _check_lengths([leaf, *proof])
    result = leaf
    for hashed, is_left in _way_up(index, size - 1, proof):
        result = node_hash(hashed, result) if is_left else node_hash(result, hashed)
    if result != root:
        raise ProofInvalid("the proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Checks that the new tree begins with the old one. Raises ProofInvalid, for the empty tree too."""
    if not 0 < old <= new:
        raise ProofInvalid(f"no proof leads from {old} to {new} leaves")
    if old == new:
        if proof:
            raise ProofInvalid("the proof is too long")
        if old_root != new_root:
            raise ProofInvalid("two trees of one size have different roots")
        return
    _check_lengths(proof)
    level = ((old - 1) ^ old).bit_length() - 1  # of the largest complete node at the end of the old tree
    first, *rest = [old_root, *proof] if old == 1 << level else [*proof] or [b""]
    of_old = of_new = first
    for hashed, is_left in _way_up(old - 1 >> level, new - 1 >> level, rest):
        if is_left:
            of_old, of_new = node_hash(hashed, of_old), node_hash(hashed, of_new)
        else:
            of_new = node_hash(of_new, hashed)
    if of_old != old_root:
        raise ProofInvalid("the proof leads to another old root")
    if of_new != new_root:
        raise ProofInvalid("the proof leads to another new root")


def _way_up(node: int, last: int, hashes: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash on the way from a node to the root, and whether it stands on the left of what was hashed so far.

    ``last`` is the last node of the level. Raises ProofInvalid when the number of hashes is wrong.
    """
    for hashed in hashes:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        is_left = bool(node & 1) or node == last
        if is_left:
            while node and not node & 1:  # a node without a sibling is the node above it
                node, last = node >> 1, last >> 1
        yield hashed, is_left
        node, last = node >> 1, last >> 1
    if last:
        raise ProofInvalid("the proof is too short")


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(hashed) != HASH_SIZE for hashed in hashes):
        raise ProofInvalid(f"a hash has not {HASH_SIZE} bytes")
