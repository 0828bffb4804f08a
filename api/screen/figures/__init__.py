"""Figures of the registry on pages: their questions as addresses, their tables, charts and sentences."""
