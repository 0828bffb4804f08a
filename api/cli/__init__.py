"""The desk's own words: one module for each group of commands."""
