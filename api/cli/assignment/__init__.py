"""The commands of assignment and of agents' availability."""
