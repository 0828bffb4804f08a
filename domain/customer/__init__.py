"""What can happen to a customer, and by which rules."""
