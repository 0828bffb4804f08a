"""The events and state of API keys in the log."""
