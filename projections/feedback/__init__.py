"""What customers said of the product and the service."""
