"""Templates of notifications: published texts in Vietnamese and English with plain placeholders."""
