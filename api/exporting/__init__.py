"""Exports: the tables of a tenant at one position, as files for spreadsheets, databases and process mining."""
