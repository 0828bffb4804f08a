"""Tasks: what a person has to do, besides tickets and steps of procedures."""
