"""A made-up desk that could be real: the same seed, the same desk."""
