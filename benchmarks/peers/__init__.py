"""The same jobs done by other programs."""
