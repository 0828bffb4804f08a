"""Merkle trees of RFC 9162: hashes, roots, proofs, and the tiles that store them."""
