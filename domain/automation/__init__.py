"""Automation rules: what a rule says, when it fires, and what is recorded of it."""
