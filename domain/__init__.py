"""What the business decides and records."""
