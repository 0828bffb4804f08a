"""The aggregate usage: what a customer uses of a product, by metric and day."""
