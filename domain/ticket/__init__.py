"""What can happen to a ticket, and by which rules."""
