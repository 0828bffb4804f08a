"""Projections and the queries over them: every answer is computed from the log."""
