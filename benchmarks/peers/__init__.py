"""What others make of the same jobs."""
