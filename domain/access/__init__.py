"""Keys to the API, as far as they stand in the log."""
