"""`definition`: definition files, and the published versions of definitions."""
