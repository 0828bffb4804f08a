"""The commands to tasks, and their list."""
