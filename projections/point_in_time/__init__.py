"""Rows, tables and histories at another instant than now."""
