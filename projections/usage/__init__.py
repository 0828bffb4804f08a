"""What customers use of products, by metric and day."""
