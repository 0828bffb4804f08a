"""The aggregate definition: whatever is configured, published in versions."""
