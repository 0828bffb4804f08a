"""The commands about proofs: sealing, checkpoints, proofs and witnesses."""
