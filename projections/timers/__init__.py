"""What becomes due unless something happens: a row for each due instance of a stream."""
