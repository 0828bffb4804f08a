"""Actions: commands that people give by forms."""
