"""The log of a tenant: strict order, no holes, nothing lost. The only door to the eventsourcing library."""
