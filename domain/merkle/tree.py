"""Roots and proofs of a tree whose complete nodes can be looked up (RFC 9162, 2.1.3 and 2.1.4)."""

from collections.abc import Callable

from domain.merkle.hashing import EMPTY_ROOT, node_hash

NodeAt = Callable[[int, int], bytes]
"""The hash of the node at a level and an index: it covers the leaves from ``index << level`` to the next node."""


def root(size: int, node: NodeAt) -> bytes:
    """The root over the first ``size`` leaves."""
    return _subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeAt) -> list[bytes]:
    """The hashes that lead from the leaf at an index to the root over ``size`` leaves, the lowest first.

    Raises ValueError for a leaf that the tree does not have.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeAt) -> list[bytes]:
    """The hashes that show that the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Raises ValueError for sizes that no proof is about: the empty tree, and a new size before the old one.
    """
    if not 0 < old <= new:
        raise ValueError(f"no proof leads from {old} to {new} leaves")
    path: list[bytes] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(begin, middle, node))
            begin = middle
    if begin:
        path.append(_subtree(begin, end, node))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _subtree(begin: int, end: int, node: NodeAt) -> bytes:
    """The root over some leaves. ``begin`` is a multiple of a power of two that is not below their number."""
    hashes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        hashes.append(node(level, begin >> level))
        begin += 1 << level
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result
