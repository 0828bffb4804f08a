"""The log of a tenant: strict order, no holes, nothing lost."""
