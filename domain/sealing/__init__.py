"""What a tenant's trees are made of, and the events of the keys that sign their checkpoints."""
