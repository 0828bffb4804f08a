"""The audit history: who did what, when and why, event by event."""
