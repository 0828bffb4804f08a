"""The trees of a tenant's logs: their tiles, their signed checkpoints, and the proofs that are read from them."""
