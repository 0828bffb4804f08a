"""The SLA clock: target instances of a ticket, their intervals, corrections and explanations."""
