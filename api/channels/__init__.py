"""Channels out: they hand notifications over to receivers, and say what became of it."""
