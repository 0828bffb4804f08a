"""The aggregate contract: its terms, its progress and its end."""
