"""Processes that go on by themselves: the projections, the SLA alerts, and what waits for a position."""
