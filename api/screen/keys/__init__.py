"""The page of keys: the tenant's facts, its keys, and the links to its team wall."""
