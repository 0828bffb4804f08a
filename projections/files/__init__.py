"""The facts of files, whose bytes are stored elsewhere."""
