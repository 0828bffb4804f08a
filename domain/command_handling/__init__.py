"""The service desk: it queues commands, decides them in batches and appends their events."""
