"""What the business asks, answered from the log alone."""
