"""Command handling."""
