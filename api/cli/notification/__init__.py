"""The command line for notifications."""
