"""Notifications to customers, agents and other systems: requested, handed over, and what became of them."""
