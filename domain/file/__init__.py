"""The aggregate file: the facts of a file, whose bytes are stored elsewhere."""
