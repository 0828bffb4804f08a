"""Signed checkpoints of a tree: notes, keys and cosignatures in the formats of C2SP."""
