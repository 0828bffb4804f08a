"""The aggregate definition: everything that is configured, published in versions."""
