"""The backlog: what was open at an instant, what came in and what went out."""
