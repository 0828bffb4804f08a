"""Notifications: what waits, what was sent and what failed."""
