"""Routing: which team and which agent get a ticket, and why."""
