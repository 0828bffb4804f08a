"""The messages of tickets and the effort logged on them, each at its instant."""
