"""Exports of a tenant's tickets to CSV and JSON lines."""
