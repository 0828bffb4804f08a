"""The key store: the data keys of tenants in a database of its own, wrapped under a key-encryption key from a file."""
