"""Imports: the rows of a file become events, or lines of the reject file with a reason."""
