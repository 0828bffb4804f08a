"""The tiers and the tracked segments of customers over time."""
