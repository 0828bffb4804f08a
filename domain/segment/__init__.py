"""The aggregate segment membership: when a customer entered and left a tracked segment."""
