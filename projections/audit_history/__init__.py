"""The table of the audit history: a row for each event, with what it changed."""
