"""The audit history as people read it: lines for a table and for a page."""
